/**
 * Jetty's connectors: which ports are open, and mutual TLS beside plaintext on them; and the
 * requests of Jetty 9.4 to 11, whether a servlet serves them or a handler. Those of Jetty 12 are
 * {@code jetty-12.0}'s.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.jetty.SniffedConnection}, {@link
 * dev.weft.instrumentation.jetty.ServedRequest}.
 */
package dev.weft.instrumentation.jetty;
