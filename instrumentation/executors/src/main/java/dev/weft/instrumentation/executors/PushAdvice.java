package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;

/** On methods of {@code ForkJoinPool} that take their first argument in. */
final class PushAdvice {

  private PushAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter(@Advice.Argument(0) Object task) {
    CallContext.Handover.forked(task);
  }
}
