package dev.weft.instrumentation.tomcat;

import dev.weft.bootstrap.Mesh;
import net.bytebuddy.asm.Advice;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;

/** On {@code start} and {@code resume}: tells the port that was really bound. */
final class OpenAdvice {

  private OpenAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This AbstractProtocol<?> protocol) {
    int port = protocol.getLocalPort();
    // AJP is for a web server in front, not for other services.
    if (port > 0 && protocol instanceof AbstractHttp11Protocol) {
      AbstractHttp11Protocol<?> http = (AbstractHttp11Protocol<?>) protocol;
      boolean http2 = speaksHttp2(http);
      FirstByte.speaksHttp2(port, http2);
      if (http.getClass().getName().endsWith("AprProtocol")) {
        // Its sockets are native; whoever set a rule for the port must hear that it does not hold.
        Mesh.problem(
            "tomcat connector " + http.getName(),
            new UnsupportedOperationException(
                "APR/native connectors stay plaintext (expected: protocol HTTP/1.1, NIO or NIO2)"));
      }
      Mesh.ports().opened(port, http2 ? "http2" : "http", http.isSSLEnabled());
    }
  }

  private static boolean speaksHttp2(AbstractHttp11Protocol<?> http) {
    for (UpgradeProtocol upgrade : http.findUpgradeProtocols()) {
      if ("h2".equals(upgrade.getAlpnName())) {
        return true;
      }
    }
    return false;
  }
}
