package dev.weft.instrumentation.nettyhttp;

import net.bytebuddy.asm.Advice;

/** Where Reactor Netty 0.9 has a connection for a request, and has not yet written to it. */
final class ReactorConnectedAdvice {

  private ReactorConnectedAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This Object call, @Advice.Argument(0) Object connection) {
    Origins.lent(connection, call);
  }
}
