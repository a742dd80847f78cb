package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code ThreadPoolExecutor.getTask}: one task is done, the next one found. */
final class TakeAdvice {

  private TakeAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter() {
    CallContext.Handover.taken(null);
  }

  @Advice.OnMethodExit(suppress = Throwable.class)
  static void exit(@Advice.Return @Nullable Runnable task) {
    CallContext.Handover.taken(task);
  }
}
