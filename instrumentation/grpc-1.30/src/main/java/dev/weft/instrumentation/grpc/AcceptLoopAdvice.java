package dev.weft.instrumentation.grpc;

import dev.weft.bootstrap.Mesh;
import io.grpc.internal.InternalServer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;

/** A server's port is open as long as it accepts. */
final class AcceptLoopAdvice {

  private AcceptLoopAdvice() {}

  /** Before the first connection is there. */
  @Advice.OnMethodEnter(inline = false)
  static int enter(
      @Advice.This InternalServer server, @Advice.FieldValue("transportConfig") Object config) {
    SocketAddress address = server.getListenSocketAddress();
    if (!(address instanceof InetSocketAddress)) {
      return 0;
    }
    int port = ((InetSocketAddress) address).getPort();
    Mesh.ports().opened(port, "grpc", !ServerConnection.isPlaintext(config));
    return port;
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(@Advice.Enter int port) {
    if (port != 0) {
      Mesh.ports().closed(port);
    }
  }
}
