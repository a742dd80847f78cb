package dev.weft.instrumentation.jetty;

import dev.weft.bootstrap.Mesh;
import java.util.List;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.AbstractNetworkConnector;

/** On {@code doStart}: tells the port that was really bound. */
final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This AbstractNetworkConnector connector) {
    int port = connector.getLocalPort();
    if (port > 0) {
      List<String> protocols = connector.getProtocols();
      boolean http2 = protocols.contains("h2") || protocols.contains("h2c");
      Mesh.ports().opened(port, http2 ? "http2" : "http", protocols.contains("ssl"));
    }
  }
}
