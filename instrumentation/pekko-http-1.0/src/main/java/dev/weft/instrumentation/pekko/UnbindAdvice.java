package dev.weft.instrumentation.pekko;

import net.bytebuddy.asm.Advice;
import org.apache.pekko.http.scaladsl.Http;

/** On the ways to unbind a server. */
final class UnbindAdvice {

  private UnbindAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This Http.ServerBinding binding) {
    Bindings.closed(binding);
  }
}
