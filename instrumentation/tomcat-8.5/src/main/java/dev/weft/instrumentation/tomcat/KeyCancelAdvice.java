package dev.weft.instrumentation.tomcat;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code Poller.cancelledKey}, which in old versions closes the socket before the channel. */
final class KeyCancelAdvice {

  private KeyCancelAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.Argument(0) @Nullable SelectionKey key) {
    if (key != null && key.channel() instanceof SocketChannel) {
      NioConnection.closing((SocketChannel) key.channel());
    }
  }
}
