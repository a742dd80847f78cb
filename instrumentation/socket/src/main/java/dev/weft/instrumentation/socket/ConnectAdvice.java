package dev.weft.instrumentation.socket;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Adds TLS to a socket that has just connected to an endpoint of the mesh. */
final class ConnectAdvice {

  private ConnectAdvice() {}

  /** The failure to make the connection secure; null when there is none. */
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToThrown(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Throwable exit(
      @Advice.This Socket socket,
      @Advice.Argument(0) @Nullable SocketAddress address,
      @Advice.Argument(1) int timeout,
      @Advice.Thrown @Nullable Throwable failure) {
    String peer = failure == null ? TlsFloor.mutualTlsPeer(address) : null;
    if (peer == null) {
      return null;
    }
    try {
      TlsFloor.secure(socket, peer, timeout);
      return null;
    } catch (IOException | RuntimeException e) {
      // Whatever went wrong, plaintext must not go to this endpoint.
      TlsFloor.closeQuietly(socket);
      return e;
    }
  }
}
