package dev.weft.instrumentation.jetty;

import dev.weft.inbound.InboundRequest;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpChannelState;
import org.eclipse.jetty.server.Request;

/**
 * On {@code HttpChannelState.handling}, with which every request begins, before anything that the
 * application configured sees it: puts its connection on it. Jetty forgets the attribute with the
 * request.
 */
final class RequestAdvice {

  private RequestAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This HttpChannelState state) {
    HttpChannel channel = state.getHttpChannel();
    Request request = channel.getRequest();
    if (request.getAttribute(InboundRequest.Connection.ATTRIBUTE) == null) {
      RequestConnection connection = RequestConnection.of(channel);
      if (connection != null) {
        request.setAttribute(InboundRequest.Connection.ATTRIBUTE, connection);
      }
    }
  }
}
