package dev.weft.instrumentation.undertow;

import io.undertow.Undertow;
import net.bytebuddy.asm.Advice;

/** On {@code stop}, before it: the ports are still known then. */
final class StopAdvice {

  private StopAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This Undertow server) {
    try {
      Listeners.closed(server);
    } catch (IllegalStateException neverStarted) {
      // Nothing was opened.
    }
  }
}
