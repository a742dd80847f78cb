/**
 * Clients on Netty's codec of HTTP/1.1 that have no adapter of their own. A {@link
 * dev.weft.instrumentation.nettyhttp.Relay} right behind the codec of a client's connection decides
 * each request that is written, and sends it over connections of its own to the endpoints.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.nettyhttp.Connects} (which connections),
 * {@link dev.weft.instrumentation.nettyhttp.Relay} (the application's side), {@link
 * dev.weft.instrumentation.nettyhttp.RelayExchange} (one request), {@link
 * dev.weft.instrumentation.nettyhttp.Upstream} (the side of an endpoint), {@link
 * dev.weft.instrumentation.nettyhttp.Anchor} (what the application is connected to instead).
 */
package dev.weft.instrumentation.nettyhttp;
