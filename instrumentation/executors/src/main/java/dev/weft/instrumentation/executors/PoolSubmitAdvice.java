package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;

/** On {@code ForkJoinPool.poolSubmit} of newer JDKs. */
final class PoolSubmitAdvice {

  private PoolSubmitAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter(@Advice.Argument(1) Object task) {
    CallContext.Handover.forked(task);
  }
}
