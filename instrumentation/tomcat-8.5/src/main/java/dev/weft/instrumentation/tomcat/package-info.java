/**
 * Tomcat's connectors: which ports are open, mutual TLS beside plaintext on them, and the
 * connection under each request. The requests themselves are the servlet adapter's.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.tomcat.TomcatInstrumentation}, {@link
 * dev.weft.instrumentation.tomcat.NioConnection} and {@link
 * dev.weft.instrumentation.tomcat.AsyncConnection} for TLS, {@link
 * dev.weft.instrumentation.tomcat.RequestConnection} for requests.
 */
package dev.weft.instrumentation.tomcat;
