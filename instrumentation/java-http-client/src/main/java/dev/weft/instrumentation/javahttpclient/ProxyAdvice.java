package dev.weft.instrumentation.javahttpclient;

import net.bytebuddy.asm.Advice;

/** An attempt goes to its endpoint directly: skips the method, which then answers null. */
final class ProxyAdvice {

  private ProxyAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(@Advice.This Object request) {
    return Binding.endpointOf(request) != null;
  }
}
