/**
 * The transport floor of blocking clients: a {@code java.net.Socket} that connects to an endpoint
 * of the mesh speaks mutual TLS below a library that believes in plaintext.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.socket.SocketInstrumentation} (the four
 * places), {@link dev.weft.instrumentation.socket.TlsFloor} (what happens there).
 */
package dev.weft.instrumentation.socket;
