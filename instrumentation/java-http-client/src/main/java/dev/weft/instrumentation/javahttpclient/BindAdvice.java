package dev.weft.instrumentation.javahttpclient;

import java.net.http.HttpRequest;
import net.bytebuddy.asm.Advice;

/** Remembers the attempt behind the client's own copy of a request. */
final class BindAdvice {

  private BindAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object copy, @Advice.Argument(0) HttpRequest request) {
    if (request instanceof AttemptRequest) {
      Binding.of((AttemptRequest) request).bind(copy);
    }
  }
}
