package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.HttpServer;
import dev.weft.bootstrap.Mesh;
import net.bytebuddy.asm.Advice;

/** On {@code stop}, before it: new requests are refused from its beginning on. */
final class StopAdvice {

  private StopAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This HttpServer server) {
    int port = server.getAddress().getPort();
    if (!OwnServers.stopped(server, port)) {
      Mesh.ports().closed(port);
    }
  }
}
