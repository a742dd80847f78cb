package dev.weft.instrumentation.inlet;

import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;

/** The server closes a channel that it accepted. */
final class ChannelCloseAdvice {

  private ChannelCloseAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This SocketChannel channel) {
    Face.closing(channel);
  }
}
