package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * On {@code HttpExchange.getRequestHeaders}: the headers as the mesh changed them. Since JDK 18 the
 * server's own cannot be changed.
 */
final class RequestHeadersAdvice {

  private RequestHeadersAdvice() {}

  @AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Headers exit(
      @Advice.This HttpExchange exchange, @Advice.Return @Nullable Headers headers) {
    ServedBody body = ServedBody.of(exchange);
    Headers changed = body == null ? null : body.headers();
    return changed == null ? headers : changed;
  }
}
