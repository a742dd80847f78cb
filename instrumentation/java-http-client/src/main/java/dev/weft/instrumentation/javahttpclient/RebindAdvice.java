package dev.weft.instrumentation.javahttpclient;

import net.bytebuddy.asm.Advice;

/** The request that answers a challenge belongs to the same attempt. */
final class RebindAdvice {

  private RebindAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.Argument(0) Object challenged, @Advice.Return Object answering) {
    Binding binding = Binding.of(challenged);
    if (binding != null) {
      binding.bind(answering);
    }
  }
}
