/**
 * Servers on Netty, whatever framework is on top. TLS and plaintext are told apart at the head of
 * an accepted connection's pipeline; HTTP/1.1 requests are decided right after the codec, HTTP/2
 * requests (gRPC among them) between the decoder and the frame listener behind it.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.netty.Sniffer}, {@link
 * dev.weft.instrumentation.netty.RequestCheck}, {@link dev.weft.instrumentation.netty.FrameCheck}.
 */
package dev.weft.instrumentation.netty;
