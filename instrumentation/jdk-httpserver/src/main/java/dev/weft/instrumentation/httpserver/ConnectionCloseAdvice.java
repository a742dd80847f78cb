package dev.weft.instrumentation.httpserver;

import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code HttpConnection.close}, by which every connection ends: ends TLS before it. */
final class ConnectionCloseAdvice {

  private ConnectionCloseAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.FieldValue("chan") @Nullable SocketChannel channel) {
    if (channel != null) {
      SniffedConnection.close(channel);
    }
  }
}
