/** The contract on the client of Jetty 9.4 to 11. */
package dev.weft.instrumentation.jettyclient9;
