/**
 * Requests of Jetty 12, of every servlet API and of handlers without servlets. Ports and TLS are
 * those of {@code jetty-9.4}, which fits Jetty 12 as well; requests of Jetty 12 have no type in
 * common with earlier ones.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.jetty12.ServedRequest}.
 */
package dev.weft.instrumentation.jetty12;
