package dev.weft.instrumentation.tomcat;

import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import org.apache.tomcat.util.net.AbstractEndpoint;

/** On {@code NioEndpoint.setSocketOptions}, before Tomcat does anything with what it accepted. */
final class AcceptAdvice {

  private AcceptAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(
      @Advice.This AbstractEndpoint<?> endpoint, @Advice.Argument(0) SocketChannel channel) {
    NioConnection.accepted(endpoint, channel);
  }
}
