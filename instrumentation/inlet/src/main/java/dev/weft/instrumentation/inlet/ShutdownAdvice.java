package dev.weft.instrumentation.inlet;

import dev.weft.instrumentation.SniffedSocket;
import java.net.Socket;
import net.bytebuddy.asm.Advice;

/** The server has said all: so does TLS. */
final class ShutdownAdvice {

  private ShutdownAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This Socket socket) {
    SniffedSocket sniffed = Sockets.of(socket);
    if (sniffed != null) {
      sniffed.sayGoodbye();
    }
  }
}
