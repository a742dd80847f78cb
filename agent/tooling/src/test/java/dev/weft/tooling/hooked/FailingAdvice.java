package dev.weft.tooling.hooked;

import net.bytebuddy.asm.Advice;

final class FailingAdvice {

  private FailingAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static int enter(@Advice.Argument(0) int a) {
    if (a > 0) {
      throw new ArithmeticException("advice fails for " + a);
    }
    return a;
  }
}
