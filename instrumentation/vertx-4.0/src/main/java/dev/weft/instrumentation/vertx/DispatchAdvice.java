package dev.weft.instrumentation.vertx;

import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** Lets the thread that works for a context work for its request. */
final class DispatchAdvice {

  private DispatchAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.Argument(0) @Nullable Object context) {
    Locals.begun(context);
  }
}
