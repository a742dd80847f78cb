/**
 * Servers that no adapter knows, on ports that the user named: mutual TLS and plaintext on one
 * port, and authorization of connections, below {@code java.net.ServerSocket} and the server
 * channels of NIO. An accepted socket gets streams of ours; an accepted channel is exchanged for
 * one end of a loopback connection, whose other end is pumped to and from the peer.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.inlet.Visit} (what is decided), {@link
 * dev.weft.instrumentation.inlet.Sockets} (sockets), {@link dev.weft.instrumentation.inlet.Swap}
 * and {@link dev.weft.instrumentation.inlet.Link} (channels).
 */
package dev.weft.instrumentation.inlet;
