package dev.weft.instrumentation.jettyclient12;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Takes a request of the application over; lets our own attempts through. */
final class SendAdvice {

  private SendAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.This HttpRequest request,
      @Advice.FieldValue("client") HttpClient client,
      @Advice.Argument(0) Response.@Nullable CompleteListener listener) {
    return JettyExchange.takeOver(client, request, listener);
  }
}
