package dev.weft.instrumentation.tomcat;

import dev.weft.bootstrap.Mesh;
import net.bytebuddy.asm.Advice;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;

/** On {@code pause} and {@code stop}, before them: the port is still known then. */
final class CloseAdvice {

  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This AbstractProtocol<?> protocol) {
    int port = protocol.getLocalPort();
    if (port > 0 && protocol instanceof AbstractHttp11Protocol) {
      Mesh.ports().closed(port);
    }
  }
}
