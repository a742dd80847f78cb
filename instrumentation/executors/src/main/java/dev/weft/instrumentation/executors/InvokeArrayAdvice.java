package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;

/** On {@code ForkJoinTask.invokeAll} of an array. */
final class InvokeArrayAdvice {

  private InvokeArrayAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter(@Advice.Argument(0) Object[] tasks) {
    for (Object task : tasks) {
      CallContext.Handover.forked(task);
    }
  }
}
