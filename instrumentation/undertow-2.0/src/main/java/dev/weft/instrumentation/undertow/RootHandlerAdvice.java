package dev.weft.instrumentation.undertow;

import io.undertow.server.HttpServerExchange;
import net.bytebuddy.asm.Advice;

/** On {@code Connectors.executeRootHandler}, with which every request begins. */
final class RootHandlerAdvice {

  private RootHandlerAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.Argument(1) HttpServerExchange exchange) {
    ExchangeConnection.attachTo(exchange);
  }
}
