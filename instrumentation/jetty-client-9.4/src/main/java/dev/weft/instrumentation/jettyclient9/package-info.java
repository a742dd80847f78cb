/**
 * The client of Jetty 9.4 to 11 under the mesh: where a request enters its client, attempts are
 * sent in its place, each under a tag that names its endpoint, by which the library keeps
 * connections apart and decorates them with TLS. Starting point: {@link
 * dev.weft.instrumentation.jettyclient9.JettyExchange}.
 */
package dev.weft.instrumentation.jettyclient9;
