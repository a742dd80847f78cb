package dev.weft.instrumentation.helidon;

import dev.weft.bootstrap.Mesh;
import net.bytebuddy.asm.Advice;

/** On {@code ServerListener.stop}, before it: new requests are refused from its beginning on. */
final class StopAdvice {

  private StopAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(
      @Advice.FieldValue("running") boolean running, @Advice.FieldValue("connectedPort") int port) {
    if (running) {
      Mesh.ports().closed(port);
    }
  }
}
