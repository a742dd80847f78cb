package dev.weft.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.tomcat.util.net.NioChannel;
import org.jspecify.annotations.Nullable;

/** On {@code NioChannel.close}: a goodbye before it, and no trace after it. */
final class ChannelCloseAdvice {

  private ChannelCloseAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(@Advice.This NioChannel channel) {
    NioConnection connection = NioConnection.of(channel.getIOChannel());
    if (connection != null) {
      connection.goodbye();
    }
    return connection;
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(@Advice.Enter @Nullable Object entered) {
    if (entered != null) {
      ((NioConnection) entered).forgetIfClosed();
    }
  }
}
