package dev.weft.instrumentation.undertow;

import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import io.undertow.servlet.spec.HttpServletRequestImpl;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * On the constructor of servlet requests: shows the exchange's connection as an attribute, and that
 * the exchange was decided.
 */
final class ServletRequestAdvice {

  private ServletRequestAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This HttpServletRequestImpl request) {
    @Nullable Object connection = ExchangeConnection.of(request.getExchange());
    if (connection != null) {
      request.setAttribute(InboundRequest.Connection.ATTRIBUTE, connection);
    }
    ServedExchange served = ServedExchange.of(request.getExchange());
    if (served != null) {
      request.setAttribute(InboundCall.DECIDED, true);
      request.setAttribute(CallContext.KEY, served.context());
    }
  }
}
