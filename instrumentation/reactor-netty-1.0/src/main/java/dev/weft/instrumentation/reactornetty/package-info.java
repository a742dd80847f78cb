/**
 * Reactor Netty's HTTP client: a connection is acquired from the pool of the endpoint that was
 * decided on, here or by an outer adapter.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.reactornetty.AcquireAdvice}.
 */
package dev.weft.instrumentation.reactornetty;
