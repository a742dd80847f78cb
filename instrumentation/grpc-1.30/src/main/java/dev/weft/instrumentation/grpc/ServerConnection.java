package dev.weft.instrumentation.grpc;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.WeakIdentityMap;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Where calls of one transport come from, as the socket knows it. */
final class ServerConnection {

  /** By the library's transport; values do not lead back to it. */
  private static final WeakIdentityMap<ServerConnection> OPEN = new WeakIdentityMap<>();

  private static final ServerConnection UNKNOWN = new ServerConnection(null, 0, false);

  final @Nullable InetSocketAddress peer;
  final int localPort;

  /** Whether the application's own TLS is on it. */
  final boolean encrypted;

  private ServerConnection(@Nullable InetSocketAddress peer, int localPort, boolean encrypted) {
    this.peer = peer;
    this.localPort = localPort;
    this.encrypted = encrypted;
  }

  static void opened(Object transport, Socket socket) {
    SocketAddress remote = socket.getRemoteSocketAddress();
    OPEN.put(
        transport,
        new ServerConnection(
            remote instanceof InetSocketAddress ? (InetSocketAddress) remote : null,
            Math.max(0, socket.getLocalPort()),
            !(socket instanceof GuardedSocket)));
  }

  /**
   * Null where {@code transport} is not the server's on OkHttp. One that is and was not seen when
   * it was made has no peer, so that nothing is permitted by who it is.
   */
  static @Nullable ServerConnection of(Object transport) {
    if (!transport.getClass().getName().equals("io.grpc.okhttp.OkHttpServerTransport")) {
      return null;
    }
    ServerConnection known = OPEN.get(transport);
    return known == null ? UNKNOWN : known;
  }

  /**
   * Whether a server was configured without TLS. By reflection, because nothing tells in public
   * what a connection will speak before it does.
   *
   * @param config of the library's server
   */
  static boolean isPlaintext(Object config) {
    try {
      Field factory = config.getClass().getDeclaredField("handshakerSocketFactory");
      factory.setAccessible(true);
      String name = factory.get(config).getClass().getName();
      return name.endsWith(".PlaintextHandshakerSocketFactory");
    } catch (ReflectiveOperationException | RuntimeException e) {
      Mesh.problem("gRPC server", e);
      return false;
    }
  }
}
