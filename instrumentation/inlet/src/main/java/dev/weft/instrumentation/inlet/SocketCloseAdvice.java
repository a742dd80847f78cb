package dev.weft.instrumentation.inlet;

import java.net.Socket;
import net.bytebuddy.asm.Advice;

/** Ends TLS on a socket that is about to close. */
final class SocketCloseAdvice {

  private SocketCloseAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This Socket socket) {
    Sockets.closing(socket);
  }
}
