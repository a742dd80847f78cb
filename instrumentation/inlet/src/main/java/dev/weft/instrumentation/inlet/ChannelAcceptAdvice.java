package dev.weft.instrumentation.inlet;

import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Exchanges a channel that was accepted; null leaves it as it is. */
final class ChannelAcceptAdvice {

  private ChannelAcceptAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable SocketChannel exit(
      @Advice.This ServerSocketChannel server, @Advice.Return @Nullable SocketChannel accepted) {
    return accepted == null ? null : Swap.accepted(server, accepted);
  }
}
