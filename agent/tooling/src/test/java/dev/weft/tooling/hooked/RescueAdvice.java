package dev.weft.tooling.hooked;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.asm.Advice.AssignReturned.ToThrown;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** Turns the library's failure into a result, or into another failure. */
final class RescueAdvice {

  private RescueAdvice() {}

  @ToReturned(index = 0, typing = Typing.DYNAMIC)
  @ToThrown(index = 1, typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static @Nullable Object[] exit(
      @Advice.Return(typing = Typing.DYNAMIC) @Nullable Object returned,
      @Advice.Thrown @Nullable Throwable thrown) {
    if (thrown == null || thrown.getMessage() == null) {
      return new Object[] {returned, thrown};
    }
    return thrown.getMessage().equals("checked")
        ? new Object[] {null, new java.io.IOException("instead")}
        : new Object[] {"rescued", null};
  }
}
