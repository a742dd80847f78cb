/**
 * Undertow's listeners: which ports are open. Requests are the servlet adapter's.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.undertow.UndertowInstrumentation}.
 */
package dev.weft.instrumentation.undertow;
