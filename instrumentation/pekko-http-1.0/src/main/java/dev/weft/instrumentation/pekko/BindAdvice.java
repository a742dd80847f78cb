package dev.weft.instrumentation.pekko;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** Where a server is bound: to a future binding, or to a source that has one when it runs. */
final class BindAdvice {

  private BindAdvice() {}

  @Advice.AssignReturned.ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(
      @Advice.AllArguments Object[] arguments, @Advice.Return @Nullable Object bound) {
    return bound == null ? null : Bindings.told(bound, arguments);
  }
}
