package dev.weft.instrumentation.javahttpclient;

import dev.weft.transport.Endpoint;
import net.bytebuddy.asm.Advice;

/** An attempt to a mutual-TLS endpoint takes the client's own TLS path. */
final class SecureAdvice {

  private SecureAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned
  static boolean exit(@Advice.This Object request, @Advice.Return boolean secure) {
    Endpoint endpoint = Binding.endpointOf(request);
    return secure || (endpoint != null && endpoint.tls());
  }
}
