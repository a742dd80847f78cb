package dev.weft.instrumentation.jetty;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.HttpChannel;

/** On {@code HttpChannel.abort}: the response does not reach its end. */
final class AbortAdvice {

  private AbortAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This HttpChannel channel) {
    ServedRequest.broken(channel);
  }
}
