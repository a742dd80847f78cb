package dev.weft.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** On {@code NioSocketWrapper.doClose}, which leaves out a channel that is closed already. */
final class WrapperCloseAdvice {

  private WrapperCloseAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This SocketWrapperBase<NioChannel> wrapper) {
    NioChannel channel = wrapper.getSocket();
    if (channel != null) {
      NioConnection.closing(channel.getIOChannel());
    }
  }
}
