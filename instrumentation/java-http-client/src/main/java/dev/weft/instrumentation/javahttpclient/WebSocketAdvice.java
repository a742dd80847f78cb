package dev.weft.instrumentation.javahttpclient;

import net.bytebuddy.asm.Advice;

/** Marks the opening request of a WebSocket, which is left alone. */
final class WebSocketAdvice {

  private WebSocketAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object request) {
    Binding.leaveAlone(request);
  }
}
