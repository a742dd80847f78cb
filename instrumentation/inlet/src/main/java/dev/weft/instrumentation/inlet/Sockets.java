package dev.weft.instrumentation.inlet;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.SniffedSocket;
import dev.weft.instrumentation.WeakIdentityMap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The sockets that were accepted under the inlet. */
final class Sockets {

  /** Values lead back to their keys: a socket that is dropped without a close stays. */
  private static final WeakIdentityMap<SniffedSocket> ACCEPTED = new WeakIdentityMap<>();

  private Sockets() {}

  static void accepted(ServerSocket server, Socket socket) {
    if (socket instanceof SSLSocket || !Mesh.ports().isInlet(server.getLocalPort())) {
      return;
    }
    try {
      Visit visit =
          new Visit(
              (InetSocketAddress) socket.getRemoteSocketAddress(),
              (InetSocketAddress) socket.getLocalSocketAddress());
      SniffedSocket made = new SniffedSocket(socket, visit);
      made.decideAtOnce();
      ACCEPTED.put(socket, made);
      if (socket.isClosed()) {
        ACCEPTED.remove(socket);
      }
    } catch (IOException | RuntimeException e) {
      // Without us it would be open to everybody.
      Mesh.problem("inlet accept", e);
      try {
        socket.close();
      } catch (IOException closed) {
        // It is closed all the same.
      }
    }
  }

  static @Nullable SniffedSocket of(Socket socket) {
    return ACCEPTED.get(socket);
  }

  /** The server, or the mesh, closes {@code socket}. */
  static void closing(Socket socket) {
    SniffedSocket sniffed = ACCEPTED.remove(socket);
    if (sniffed != null) {
      sniffed.closing();
    }
  }
}
