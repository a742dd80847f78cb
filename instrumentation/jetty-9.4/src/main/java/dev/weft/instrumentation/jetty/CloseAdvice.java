package dev.weft.instrumentation.jetty;

import dev.weft.bootstrap.Mesh;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.AbstractNetworkConnector;

/** On {@code close}, which a stop and a graceful shutdown begin with: the port is known then. */
final class CloseAdvice {

  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This AbstractNetworkConnector connector) {
    int port = connector.getLocalPort();
    if (port > 0) {
      Mesh.ports().closed(port);
    }
  }
}
