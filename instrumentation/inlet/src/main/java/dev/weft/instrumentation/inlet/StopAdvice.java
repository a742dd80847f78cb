package dev.weft.instrumentation.inlet;

import net.bytebuddy.asm.Advice;

/** A server socket or channel is about to close, and still knows its port. */
final class StopAdvice {

  private StopAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This Object server) {
    Ports.closing(server);
  }
}
