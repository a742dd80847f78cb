package dev.weft.instrumentation.vertx;

import net.bytebuddy.asm.Advice;

/** Lets a copy of a context carry what its maker works for. */
final class ContextMadeAdvice {

  private ContextMadeAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object made) {
    Locals.made(made);
  }
}
