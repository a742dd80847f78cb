package dev.weft.tooling.hooked;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;

final class LoudAdvice {

  private LoudAdvice() {}

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static Object exit(@Advice.Return String returned) {
    return returned.replace("hello", "HELLO");
  }
}
