package dev.weft.instrumentation.socket;

import java.io.OutputStream;
import java.net.Socket;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Gives the encrypting stream of a socket of ours. */
final class OutputAdvice {

  private OutputAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable OutputStream exit(@Advice.This Socket socket) {
    TlsFloor.Secured secured = TlsFloor.over(socket);
    return secured == null ? null : secured.output;
  }
}
