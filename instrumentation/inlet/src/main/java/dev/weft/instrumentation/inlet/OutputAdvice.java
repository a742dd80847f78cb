package dev.weft.instrumentation.inlet;

import dev.weft.instrumentation.SniffedSocket;
import java.io.OutputStream;
import java.net.Socket;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Gives our stream of a socket that was accepted under the inlet. */
final class OutputAdvice {

  private OutputAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable OutputStream exit(@Advice.This Socket socket) {
    SniffedSocket sniffed = Sockets.of(socket);
    return sniffed == null ? null : sniffed.output();
  }
}
