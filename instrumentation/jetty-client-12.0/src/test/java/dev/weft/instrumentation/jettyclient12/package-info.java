/** The contract on the client of Jetty 12. */
package dev.weft.instrumentation.jettyclient12;
