package dev.weft.instrumentation.socket;

import java.net.Socket;
import net.bytebuddy.asm.Advice;

/** Forgets a socket that is closed. */
final class CloseAdvice {

  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This Socket socket) {
    Floor.closed(socket);
  }
}
