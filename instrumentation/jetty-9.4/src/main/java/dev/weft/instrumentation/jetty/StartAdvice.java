package dev.weft.instrumentation.jetty;

import dev.weft.bootstrap.Mesh;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.AbstractNetworkConnector;

/** On {@code doStart}: tells the port that was really bound. */
final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This AbstractNetworkConnector connector) {
    int port = connector.getLocalPort();
    if (port > 0) {
      String protocol = Connectors.speaksHttp2(connector) ? "http2" : "http";
      Mesh.ports().opened(port, protocol, Connectors.endsTls(connector));
    }
  }
}
