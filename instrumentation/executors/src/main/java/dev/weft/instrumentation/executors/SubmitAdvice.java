package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;

/** On methods that put their first argument into the queue of a pool. */
final class SubmitAdvice {

  private SubmitAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter(@Advice.Argument(0) Runnable task) {
    CallContext.Handover.submitted(task);
  }
}
