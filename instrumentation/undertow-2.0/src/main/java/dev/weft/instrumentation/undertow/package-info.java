/**
 * Undertow: which ports are open, mutual TLS beside plaintext on them, and every request, whether a
 * servlet serves it or a handler of its own.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.undertow.SniffedConnection}, {@link
 * dev.weft.instrumentation.undertow.ServedExchange}.
 */
package dev.weft.instrumentation.undertow;
