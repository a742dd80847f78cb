package dev.weft.instrumentation.undertow;

import dev.weft.bootstrap.Mesh;
import io.undertow.Undertow;
import java.net.InetSocketAddress;

/** The HTTP listeners of one server. */
final class Listeners {

  private Listeners() {}

  static void opened(Undertow server) {
    for (Undertow.ListenerInfo listener : server.getListenerInfo()) {
      int port = port(listener);
      if (port > 0) {
        Mesh.ports().opened(port, "http", listener.getProtcol().equals("https"));
      }
    }
  }

  static void closed(Undertow server) {
    for (Undertow.ListenerInfo listener : server.getListenerInfo()) {
      int port = port(listener);
      if (port > 0) {
        Mesh.ports().closed(port);
      }
    }
  }

  /** The port that was really bound; 0 for what other services cannot call. */
  private static int port(Undertow.ListenerInfo listener) {
    return listener.getProtcol().startsWith("http")
            && listener.getAddress() instanceof InetSocketAddress
        ? ((InetSocketAddress) listener.getAddress()).getPort()
        : 0;
  }
}
