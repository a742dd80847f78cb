/** The contract on embedded Undertow. */
package dev.weft.instrumentation.undertow;
