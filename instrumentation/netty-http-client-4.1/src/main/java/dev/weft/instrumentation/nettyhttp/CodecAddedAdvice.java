package dev.weft.instrumentation.nettyhttp;

import io.netty.channel.ChannelHandlerContext;
import net.bytebuddy.asm.Advice;

/** On the end of {@code handlerAdded}: some clients put their codec in when they are connected. */
final class CodecAddedAdvice {

  private CodecAddedAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.Argument(0) ChannelHandlerContext added) {
    Connects.added(added);
  }
}
