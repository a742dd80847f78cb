/**
 * The transport floor of blocking clients: a {@code java.net.Socket} that connects to an endpoint
 * of the mesh speaks mutual TLS below a library that believes in plaintext. One of a library that
 * no adapter knows is sent to an endpoint here, and counted.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.socket.SocketInstrumentation} (the four
 * places), {@link dev.weft.instrumentation.socket.Redirect} (where to), {@link
 * dev.weft.instrumentation.socket.Floor} (TLS), {@link
 * dev.weft.instrumentation.socket.ChannelGuard} (channels of NIO).
 */
package dev.weft.instrumentation.socket;
