package dev.weft.tooling.hooked;

import java.util.List;
import net.bytebuddy.asm.Advice;

/** Looks at what passes. */
final class AboveAdvice {

  private AboveAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.Argument(0) List<String> asked) {
    asked.add("above");
  }
}
