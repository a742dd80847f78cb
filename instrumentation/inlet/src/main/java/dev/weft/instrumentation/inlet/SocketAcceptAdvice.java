package dev.weft.instrumentation.inlet;

import java.net.ServerSocket;
import java.net.Socket;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** A connection was accepted into a socket, which the server does not have yet. */
final class SocketAcceptAdvice {

  private SocketAcceptAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(
      @Advice.This ServerSocket server, @Advice.Argument(0) @Nullable Socket accepted) {
    if (accepted != null) {
      Sockets.accepted(server, accepted);
    }
  }
}
