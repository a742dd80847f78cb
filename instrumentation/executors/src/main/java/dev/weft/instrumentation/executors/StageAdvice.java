package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;

/**
 * On the constructor of {@code CompletableFuture.UniCompletion}, of which every stage with code is
 * one.
 */
final class StageAdvice {

  private StageAdvice() {}

  @Advice.OnMethodExit(suppress = Throwable.class)
  static void exit(@Advice.This Object stage) {
    CallContext.Handover.registered(stage);
  }
}
