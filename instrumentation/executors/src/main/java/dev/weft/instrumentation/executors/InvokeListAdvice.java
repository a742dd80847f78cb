package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import java.util.Collection;
import net.bytebuddy.asm.Advice;

/** On {@code ForkJoinTask.invokeAll} of a collection, which is run in place where it is no list. */
final class InvokeListAdvice {

  private InvokeListAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter(@Advice.Argument(0) Collection<?> tasks) {
    for (Object task : tasks) {
      CallContext.Handover.forked(task);
    }
  }
}
