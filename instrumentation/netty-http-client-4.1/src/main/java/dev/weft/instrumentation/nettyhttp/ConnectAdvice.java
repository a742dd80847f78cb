package dev.weft.instrumentation.nettyhttp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On the last step before a transport connects. */
final class ConnectAdvice {

  private ConnectAdvice() {}

  /** Whether it was taken over. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.Argument(0) ChannelHandlerContext ctx,
      @Advice.Argument(1) @Nullable SocketAddress remote,
      @Advice.Argument(2) @Nullable SocketAddress local,
      @Advice.Argument(3) ChannelPromise promise) {
    return Connects.takeOver(ctx, remote, local, promise);
  }
}
