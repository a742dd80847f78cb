package dev.weft.instrumentation.javahttpclient;

import java.net.http.HttpRequest;
import net.bytebuddy.asm.Advice;

/** Remembers the request of the next hop that the client made for an attempt. */
final class NextHopAdvice {

  private NextHopAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.Argument(2) Object redirected, @Advice.Return Object next) {
    Binding binding = Binding.of(redirected);
    if (binding != null) {
      binding.redirectTo((HttpRequest) next);
    }
  }
}
