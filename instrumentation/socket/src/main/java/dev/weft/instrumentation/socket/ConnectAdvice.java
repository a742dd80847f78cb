package dev.weft.instrumentation.socket;

import java.net.Socket;
import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Sends a socket that nobody decided to an endpoint of the mesh; adds TLS where one wants it. */
final class ConnectAdvice {

  private ConnectAdvice() {}

  /** Where to connect instead, and how long it may take; null for as the application wants. */
  @Advice.OnMethodEnter(inline = false)
  @ToArguments({
    @ToArgument(value = 0, index = 0, typing = Assigner.Typing.DYNAMIC),
    @ToArgument(value = 1, index = 1, typing = Assigner.Typing.DYNAMIC)
  })
  static Object @Nullable [] enter(
      @Advice.This Socket socket,
      @Advice.Argument(0) @Nullable SocketAddress address,
      @Advice.Argument(1) int timeout) {
    return Redirect.of(socket, address, timeout);
  }

  /** The failure to make the connection, or to make it secure; null for none of ours. */
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToThrown(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Throwable exit(
      @Advice.This Socket socket,
      @Advice.Argument(0) @Nullable SocketAddress address,
      @Advice.Argument(1) int timeout,
      @Advice.Thrown @Nullable Throwable failure) {
    if (failure != null) {
      OpenSocket open = Floor.of(socket);
      Floor.failed(socket, failure);
      return open == null ? null : open.told(failure);
    }
    try {
      String peer = Floor.mutualTlsPeer(address);
      if (peer != null) {
        Floor.secure(socket, peer, timeout);
      }
      OpenSocket open = Floor.of(socket);
      if (open != null) {
        Floor.connected(socket, open);
      }
      return null;
    } catch (Throwable e) {
      // Whatever went wrong, plaintext must not go to this endpoint.
      OpenSocket open = Floor.of(socket);
      Floor.failed(socket, e);
      Floor.closeQuietly(socket);
      return open == null ? e : open.told(e);
    }
  }
}
