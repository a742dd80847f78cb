package dev.weft.instrumentation.webflux;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeStrategies;

/** Takes a request of the application over; lets our own attempts through. */
final class ExchangeAdvice {

  private ExchangeAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This ExchangeFunction function,
      @Advice.FieldValue("connector") ClientHttpConnector connector,
      @Advice.FieldValue("strategies") ExchangeStrategies strategies,
      @Advice.Argument(0) @Nullable ClientRequest request) {
    return request == null ? null : GovernedMono.of(function, connector, strategies, request);
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Enter @Nullable Object governed) {
    return governed;
  }
}
