package dev.weft.instrumentation.jetty;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.HttpChannel;

/** On {@code HttpChannel.onCompleted}, with which every request ends, before it is reused. */
final class CompletedAdvice {

  private CompletedAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This HttpChannel channel) {
    ServedRequest.completed(channel);
  }
}
