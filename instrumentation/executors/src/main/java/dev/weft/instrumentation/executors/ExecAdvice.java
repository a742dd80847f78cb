package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code ForkJoinTask.doExec}, through which every task of fork and join runs. */
final class ExecAdvice {

  private ExecAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static @Nullable CallContext enter(@Advice.This Object task) {
    return CallContext.Handover.run(task);
  }

  @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
  static void exit(@Advice.Enter @Nullable CallContext before) {
    CallContext.Handover.done(before);
  }
}
