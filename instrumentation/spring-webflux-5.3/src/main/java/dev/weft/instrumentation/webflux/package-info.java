/**
 * Spring's WebClient over Reactor Netty: a request is decided where its headers are known, in front
 * of the connector, and its attempt travels down in the Reactor context.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.webflux.WebExchange}.
 */
package dev.weft.instrumentation.webflux;
