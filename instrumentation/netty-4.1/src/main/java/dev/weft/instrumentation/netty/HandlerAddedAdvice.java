package dev.weft.instrumentation.netty;

import io.netty.channel.ChannelHandlerContext;
import net.bytebuddy.asm.Advice;

/** On the end of {@code handlerAdded}: a codec of HTTP gets our check beside it. */
final class HandlerAddedAdvice {

  private HandlerAddedAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.Argument(0) ChannelHandlerContext added) {
    RequestCheck.beside(added);
  }
}
