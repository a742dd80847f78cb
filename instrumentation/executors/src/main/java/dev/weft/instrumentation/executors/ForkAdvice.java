package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;

/** On {@code ForkJoinTask.fork} and {@code invoke}. */
final class ForkAdvice {

  private ForkAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter(@Advice.This Object task) {
    CallContext.Handover.forked(task);
  }
}
