package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.weft.outbound.Outcome;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code sendResponseHeaders}: learns the status; a response without body is then over. */
final class HeadersSentAdvice {

  private HeadersSentAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(
      @Advice.This HttpExchange exchange, @Advice.Argument(0) int status) {
    ServedBody body = ServedBody.of(exchange);
    if (body == null || exchange.getResponseCode() != -1) {
      return null;
    }
    // Before they are sent: newer JDKs close the body from inside this method.
    body.status(status);
    return body;
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(
      @Advice.This HttpExchange exchange,
      @Advice.Enter @Nullable Object entered,
      @Advice.Argument(0) int status,
      @Advice.Argument(1) long length,
      @Advice.Thrown @Nullable Throwable thrown) {
    if (!(entered instanceof ServedBody)) {
      return;
    }
    ServedBody body = (ServedBody) entered;
    if (thrown != null) {
      body.status(0);
    } else if (length == -1
        || status < 200
        || status == 204
        || status == 304
        || exchange.getRequestMethod().equals("HEAD")) {
      body.end(Outcome.COMPLETED);
    }
  }
}
