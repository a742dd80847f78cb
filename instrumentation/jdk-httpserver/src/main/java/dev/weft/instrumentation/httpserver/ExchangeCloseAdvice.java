package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.weft.outbound.Outcome;
import net.bytebuddy.asm.Advice;

/** On {@code HttpExchange.close}: an exchange that is not over by now was given up. */
final class ExchangeCloseAdvice {

  private ExchangeCloseAdvice() {}

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(@Advice.This HttpExchange exchange) {
    ServedBody body = ServedBody.of(exchange);
    if (body != null) {
      body.end(Outcome.FAILED);
    }
  }
}
