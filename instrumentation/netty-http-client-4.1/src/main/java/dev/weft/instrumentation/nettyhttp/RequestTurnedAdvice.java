package dev.weft.instrumentation.nettyhttp;

import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** Where a library makes Netty's request of its own, with a connection in hand. */
final class RequestTurnedAdvice {

  private RequestTurnedAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object request, @Advice.Return @Nullable Object into) {
    Origins.turned(request, into);
  }
}
