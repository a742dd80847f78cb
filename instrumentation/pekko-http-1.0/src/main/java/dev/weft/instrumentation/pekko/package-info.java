/**
 * Servers on Pekko HTTP, and on Akka HTTP, from which it was made: their requests, between the part
 * that parses a connection and the one that holds the application.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.pekko.Gate}.
 */
package dev.weft.instrumentation.pekko;
