package dev.weft.instrumentation.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Headers;
import net.bytebuddy.asm.Advice;

/** On {@code writeHeaders}: the status of the response. */
final class ResponseHeadersAdvice {

  private ResponseHeadersAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(
      @Advice.Argument(0) ChannelHandlerContext ctx,
      @Advice.Argument(1) int streamId,
      @Advice.Argument(2) Http2Headers headers) {
    Streams.responseHeaders(ctx.channel(), streamId, headers);
  }
}
