package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code ThreadPoolExecutor.Worker.run}: its first task comes with it. */
final class WorkerAdvice {

  private WorkerAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static void enter(@Advice.FieldValue("firstTask") @Nullable Runnable task) {
    CallContext.Handover.taken(task);
  }
}
