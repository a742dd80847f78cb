package dev.weft.instrumentation.armeria;

import dev.weft.transport.Endpoint;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslCompletionEvent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * Hides the end of TLS of ours from a session that thinks it is plaintext: it may be about to try
 * another version of HTTP, and must not give up instead.
 */
final class SessionAdvice {

  private SessionAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.Argument(0) @Nullable ChannelHandlerContext context,
      @Advice.Argument(1) @Nullable Object event) {
    if (context == null || !(event instanceof SslCompletionEvent)) {
      return false;
    }
    SocketAddress remote = context.channel().remoteAddress();
    return remote instanceof InetSocketAddress
        && Endpoint.isTls(((InetSocketAddress) remote).getHostString());
  }
}
