package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import java.util.concurrent.RunnableScheduledFuture;
import net.bytebuddy.asm.Advice;

/** On {@code ScheduledThreadPoolExecutor.delayedExecute}. What repeats belongs to no request. */
final class DelayAdvice {

  private DelayAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter(@Advice.Argument(0) RunnableScheduledFuture<?> task) {
    if (!task.isPeriodic()) {
      CallContext.Handover.submitted(task);
    }
  }
}
