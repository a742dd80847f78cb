package dev.weft.instrumentation.helidon;

import java.net.Socket;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On {@code PlainSocket.server}: a connection on which the application speaks no TLS itself. */
final class SocketAdvice {

  private SocketAdvice() {}

  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Socket enter(@Advice.Argument(0) Socket accepted) {
    return MeshSocket.over(accepted);
  }
}
