package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import dev.weft.bootstrap.Mesh;
import net.bytebuddy.asm.Advice;

/** On {@code start}: tells the port that was really bound. */
final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This HttpServer server) {
    int port = server.getAddress().getPort();
    if (!OwnServers.started(server, port)) {
      Mesh.ports().opened(port, "http", server instanceof HttpsServer);
    }
  }
}
