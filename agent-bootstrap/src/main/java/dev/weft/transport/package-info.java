/**
 * What a TLS seam asks: how to reach an endpoint, how to accept on a port, and who the peer is.
 *
 * <p>Starting point: {@link dev.weft.transport.TransportSecurity}.
 */
package dev.weft.transport;
