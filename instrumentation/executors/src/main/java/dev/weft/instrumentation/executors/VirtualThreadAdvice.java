package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code ThreadBuilders.newVirtualThread}, with which every virtual thread is made. */
final class VirtualThreadAdvice {

  private VirtualThreadAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  @SuppressWarnings({
    // Byte Buddy writes it back into the argument of the hooked method.
    "UnusedVariable",
    "ParameterReassignment"
  })
  static void enter(@Advice.Argument(value = 3, readOnly = false) @Nullable Runnable task) {
    task = task == null ? null : CallContext.current().wrap(task);
  }
}
