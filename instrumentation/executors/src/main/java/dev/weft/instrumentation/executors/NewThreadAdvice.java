package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On what starts a thread for its first argument, and for nothing else. */
final class NewThreadAdvice {

  private NewThreadAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  @SuppressWarnings({
    // Byte Buddy writes it back into the argument of the hooked method.
    "UnusedVariable",
    "ParameterReassignment"
  })
  static void enter(@Advice.Argument(value = 0, readOnly = false) @Nullable Runnable task) {
    task = task == null ? null : CallContext.current().wrap(task);
  }
}
