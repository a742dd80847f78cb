package dev.weft.instrumentation.javahttpclient;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Takes a request of the application over; lets our own attempts through. */
final class SendAdvice {

  private SendAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This HttpClient client,
      @Advice.Argument(0) @Nullable HttpRequest request,
      @Advice.Argument(1) HttpResponse.@Nullable BodyHandler<?> handler,
      @Advice.Argument(2) HttpResponse.@Nullable PushPromiseHandler<?> pushes) {
    return request == null || handler == null
        ? null
        : ClientExchange.takeOver(client, request, handler, pushes);
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Enter @Nullable Object result) {
    return result;
  }
}
