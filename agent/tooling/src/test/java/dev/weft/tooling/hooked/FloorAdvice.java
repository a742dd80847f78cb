package dev.weft.tooling.hooked;

import java.util.List;
import net.bytebuddy.asm.Advice;

/** Takes what nobody above it wants. */
final class FloorAdvice {

  private FloorAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.Argument(0) List<String> asked) {
    asked.add("floor");
  }
}
