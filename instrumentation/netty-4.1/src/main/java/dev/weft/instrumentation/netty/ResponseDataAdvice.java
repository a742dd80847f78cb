package dev.weft.instrumentation.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import net.bytebuddy.asm.Advice;

/** On {@code writeData}: the messages of a response. */
final class ResponseDataAdvice {

  private ResponseDataAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(
      @Advice.Argument(0) ChannelHandlerContext ctx,
      @Advice.Argument(1) int streamId,
      @Advice.Argument(2) ByteBuf data) {
    Streams.responseData(ctx.channel(), streamId, data);
  }
}
