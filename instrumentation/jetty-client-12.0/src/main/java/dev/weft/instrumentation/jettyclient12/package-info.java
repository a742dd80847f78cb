/**
 * The client of Jetty 12 under the mesh: where a request is sent, attempts are sent in its place,
 * each under a tag that names its endpoint, by which the library keeps connections apart and
 * decorates them with TLS. Starting point: {@link
 * dev.weft.instrumentation.jettyclient12.JettyExchange}.
 */
package dev.weft.instrumentation.jettyclient12;
