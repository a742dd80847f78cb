package dev.weft.instrumentation.vertx;

import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** The end of what {@link DispatchAdvice} began. */
final class DispatchEndAdvice {

  private DispatchEndAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.Argument(0) @Nullable Object previous) {
    Locals.ending(previous);
  }
}
