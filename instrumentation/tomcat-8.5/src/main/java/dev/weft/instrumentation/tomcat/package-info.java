/**
 * Tomcat's connectors: which ports are open. Requests are the servlet adapter's.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.tomcat.TomcatInstrumentation}.
 */
package dev.weft.instrumentation.tomcat;
