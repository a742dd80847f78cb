package dev.weft.instrumentation.inlet;

import net.bytebuddy.asm.Advice;

/** A server socket or channel was bound: tells its port. */
final class BindAdvice {

  private BindAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object server) {
    Ports.bound(server);
  }
}
