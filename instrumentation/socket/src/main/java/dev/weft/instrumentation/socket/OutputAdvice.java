package dev.weft.instrumentation.socket;

import java.io.OutputStream;
import java.net.Socket;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Gives the encrypting, or counted, stream of a socket of ours. */
final class OutputAdvice {

  private OutputAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable OutputStream exit(@Advice.This Socket socket, @Advice.Return OutputStream raw) {
    OpenSocket open = Floor.of(socket);
    return open == null ? null : open.output(raw);
  }
}
