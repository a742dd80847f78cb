package dev.weft.instrumentation.grpc;

import java.net.Socket;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** Puts ours around the socket of a connection, and remembers where it comes from. */
final class ServerTransportAdvice {

  private ServerTransportAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Assigner.Typing.DYNAMIC))
  static Object enter(@Advice.Argument(0) Object config, @Advice.Argument(1) Socket accepted) {
    return ServerConnection.isPlaintext(config) ? new GuardedSocket(accepted) : accepted;
  }

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object transport, @Advice.Argument(1) Socket socket) {
    ServerConnection.opened(transport, socket);
  }
}
