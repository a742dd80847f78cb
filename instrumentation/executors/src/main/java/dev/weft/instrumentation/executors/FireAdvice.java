package dev.weft.instrumentation.executors;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * On {@code tryFire} of the stages of {@code CompletableFuture}; one that ran forgets its {@code
 * dep}.
 */
final class FireAdvice {

  private FireAdvice() {}

  @Advice.OnMethodEnter(suppress = Throwable.class)
  static @Nullable CallContext enter(@Advice.This Object stage) {
    return CallContext.Handover.fired(stage);
  }

  @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
  static void exit(
      @Advice.This Object stage,
      @Advice.FieldValue("dep") @Nullable Object dependent,
      @Advice.Enter @Nullable CallContext before) {
    CallContext.Handover.done(before);
    if (dependent == null) {
      CallContext.Handover.over(stage);
    }
  }
}
