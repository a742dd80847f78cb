package dev.weft.tooling.hooked;

import net.bytebuddy.asm.Advice;

/** Inlined into a class of the JDK: uses the JDK and the waist only. */
final class InlineAdvice {

  private InlineAdvice() {}

  @Advice.OnMethodExit(suppress = Throwable.class)
  static void exit(@Advice.Return(readOnly = false) String returned) {
    if (returned.equals("Swiss Franc")) {
      throw new IllegalStateException("inlined advice fails");
    }
    returned = "woven " + returned;
  }
}
