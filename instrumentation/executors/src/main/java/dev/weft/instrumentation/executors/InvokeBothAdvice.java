package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;

/** On {@code ForkJoinTask.invokeAll} of two: the first runs in place. */
final class InvokeBothAdvice {

  private InvokeBothAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter(@Advice.Argument(0) Object first, @Advice.Argument(1) Object second) {
    CallContext.Handover.forked(first);
    CallContext.Handover.forked(second);
  }
}
