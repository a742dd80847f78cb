package dev.weft.instrumentation.helidon;

import io.helidon.webserver.ConnectionContext;
import net.bytebuddy.asm.Advice;

/** On {@code ServerConnectionSelector.connection}: its protocol was recognised. */
final class SelectorAdvice {

  private SelectorAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(
      @Advice.This Object selector, @Advice.Argument(0) ConnectionContext connection) {
    LeftRequest.connected(selector, connection);
  }
}
