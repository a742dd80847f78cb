package dev.weft.instrumentation.helidon;

import dev.weft.bootstrap.Mesh;
import io.helidon.common.tls.Tls;
import net.bytebuddy.asm.Advice;

/** On {@code ServerListener.start}: tells the port that was really bound. */
final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(
      @Advice.FieldValue("connectedPort") int port, @Advice.FieldValue("tls") Tls tls) {
    Mesh.ports().opened(port, "http", tls.enabled());
  }
}
