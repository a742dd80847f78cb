/**
 * Reactor Netty's HTTP client: a request is decided where the client asks for a connection to send
 * it, unless an outer adapter did; the connection comes from the pool of the endpoint.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.reactornetty.ConnectExchange}.
 */
package dev.weft.instrumentation.reactornetty;
