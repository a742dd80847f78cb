/**
 * Jetty's connectors: which ports are open. Requests are the servlet adapter's.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.jetty.JettyInstrumentation}.
 */
package dev.weft.instrumentation.jetty;
