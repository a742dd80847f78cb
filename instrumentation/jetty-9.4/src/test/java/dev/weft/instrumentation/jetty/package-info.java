/** The contract on embedded Jetty. */
package dev.weft.instrumentation.jetty;
