package dev.weft.instrumentation.asynchttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.AsyncHttpClientConfig;
import org.asynchttpclient.Request;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.netty.request.NettyRequestSender;
import org.jspecify.annotations.Nullable;

/** Takes a request of the application over; lets our own attempts through. */
final class SendAdvice {

  private SendAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This NettyRequestSender sender,
      @Advice.Argument(0) Request request,
      @Advice.Argument(1) AsyncHandler<?> handler,
      @Advice.Argument(2) @Nullable NettyResponseFuture<?> future,
      @Advice.FieldValue("config") AsyncHttpClientConfig config) {
    return future == null ? ClientExchange.takeOver(sender, config, request, handler) : null;
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Enter @Nullable Object result) {
    return result;
  }
}
