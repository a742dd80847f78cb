package dev.weft.instrumentation.inlet;

import dev.weft.bootstrap.Mesh;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;

/** Tells which of the user's ports something listens on. */
final class Ports {

  private Ports() {}

  static void bound(Object server) {
    int port = portOf(server);
    if (Mesh.ports().inletPorts().contains(port)) {
      Mesh.ports().listening(port);
    }
  }

  static void closing(Object server) {
    int port = portOf(server);
    if (Mesh.ports().inletPorts().contains(port)) {
      Mesh.ports().closed(port);
    }
  }

  /** 0 or less for one that is not bound. */
  private static int portOf(Object server) {
    if (server instanceof ServerSocket) {
      return ((ServerSocket) server).getLocalPort();
    }
    try {
      SocketAddress local = ((ServerSocketChannel) server).getLocalAddress();
      return local instanceof InetSocketAddress ? ((InetSocketAddress) local).getPort() : 0;
    } catch (IOException closed) {
      return 0;
    }
  }
}
