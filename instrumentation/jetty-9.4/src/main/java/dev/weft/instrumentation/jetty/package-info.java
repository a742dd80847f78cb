/**
 * Jetty's connectors: which ports are open, and mutual TLS beside plaintext on them. Requests are
 * the servlet adapter's.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.jetty.SniffedConnection}.
 */
package dev.weft.instrumentation.jetty;
