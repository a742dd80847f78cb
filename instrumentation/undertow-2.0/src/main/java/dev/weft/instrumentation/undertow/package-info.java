/**
 * Undertow's listeners: which ports are open, mutual TLS beside plaintext on them, and the
 * connection under each request. Requests are the servlet adapter's.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.undertow.SniffedConnection}.
 */
package dev.weft.instrumentation.undertow;
