package dev.weft.instrumentation.vertx;

import net.bytebuddy.asm.Advice;

/** As {@link DispatchAdvice}, where a context does it itself, as in Vert.x 4.0. */
final class OwnDispatchAdvice {

  private OwnDispatchAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object context) {
    Locals.begun(context);
  }
}
