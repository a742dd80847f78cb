package dev.weft.instrumentation.servlet;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On {@code AsyncContext.start}: the task runs in the context of who starts it. */
final class StartAdvice {

  private StartAdvice() {}

  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(@Advice.Argument(0) @Nullable Runnable task) {
    return task == null ? null : CallContext.current().wrap(task);
  }
}
