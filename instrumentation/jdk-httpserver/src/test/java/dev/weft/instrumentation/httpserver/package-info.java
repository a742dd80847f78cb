/** The contract on the JDK's server. */
package dev.weft.instrumentation.httpserver;
