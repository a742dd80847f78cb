package dev.weft.instrumentation.undertow;

import io.undertow.Undertow;
import net.bytebuddy.asm.Advice;

/** On {@code start}. */
final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Undertow server) {
    Listeners.opened(server);
  }
}
