package dev.weft.instrumentation.nettyhttp;

import net.bytebuddy.asm.Advice;

/** On the constructors of what a library has for each call, on the thread of who calls. */
final class CallBeganAdvice {

  private CallBeganAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object call) {
    Origins.began(call);
  }
}
