package dev.weft.instrumentation.nettyhttp;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** Where Vert.x 3 has a connection and writes the head of the request to it. */
final class VertxConnectedAdvice {

  private VertxConnectedAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static CallContext enter(@Advice.This Object call) {
    return Origins.of(call).attach();
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(@Advice.Enter @Nullable CallContext before) {
    if (before != null) {
      CallContext.restore(before);
    }
  }
}
