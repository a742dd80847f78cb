/**
 * The JDK's own server, {@code com.sun.net.httpserver}. Requests pass a filter in front of every
 * context; mutual TLS sits under the server's two lowest streams, where rejected requests pass as
 * well.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.httpserver.MeshFilter} for requests, {@link
 * dev.weft.instrumentation.httpserver.SniffedConnection} for TLS.
 */
package dev.weft.instrumentation.httpserver;
