package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import net.bytebuddy.asm.Advice;

/** On {@code createContext}: puts our filter in front of the context. */
final class ContextAdvice {

  private ContextAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This HttpServer server, @Advice.Return HttpContext context) {
    if (OwnServers.isAgents(context.getHandler())) {
      OwnServers.add(server);
    } else {
      context.getFilters().add(0, new MeshFilter());
    }
  }
}
