package dev.weft.instrumentation.socket;

import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** Remembers a channel that connects to where plaintext must not go. */
final class ChannelConnectAdvice {

  private ChannelConnectAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(
      @Advice.This Object channel, @Advice.Argument(0) @Nullable SocketAddress address) {
    ChannelGuard.connecting(channel, address);
  }
}
