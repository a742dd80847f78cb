package dev.weft.instrumentation.nettyhttp;

import net.bytebuddy.asm.Advice;

/** On the constructors of requests: often another thread writes them. */
final class RequestMadeAdvice {

  private RequestMadeAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object request) {
    Origins.made(request);
  }
}
