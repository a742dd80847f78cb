package dev.weft.instrumentation.socket;

import java.io.InputStream;
import java.net.Socket;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Gives the decrypted, or counted, stream of a socket of ours. */
final class InputAdvice {

  private InputAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable InputStream exit(@Advice.This Socket socket, @Advice.Return InputStream raw) {
    OpenSocket open = Floor.of(socket);
    return open == null ? null : open.input(raw);
  }
}
