package dev.weft.instrumentation.helidon;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundCall;
import dev.weft.outbound.Outcome;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Requests that become something else before they are routed, and connections without any. */
final class LeftRequest {

  /** Their requests are routed, the one that asks for an upgrade to HTTP/2 as its first stream. */
  private static final String OF_HTTP_2 = "io.helidon.webserver.http2.";

  private static final String OF_HTTP_1 = "io.helidon.webserver.http1.";

  private static final int SWITCHING_PROTOCOLS = 101;

  private LeftRequest() {}

  /** What is refused here is routed, and answered there. */
  static boolean refusesUpgrade(
      Object upgrader,
      ConnectionContext connection,
      HttpPrologue prologue,
      WritableHeaders<?> headers) {
    if (upgrader.getClass().getName().startsWith(OF_HTTP_2)) {
      return false;
    }
    Decision early = Decision.early(prologue);
    if (early != null) {
      return early.reply() != null;
    }
    try {
      Decision made = Decision.of(new RequestView(connection, prologue, headers, null));
      made.keepFor(prologue);
      if (made.reply() != null) {
        return true;
      }
      ChangedHeaders.apply(headers, made.call.requestHeaders());
      return false;
    } catch (Throwable t) {
      // Not decided must not become let in.
      Mesh.problem("inbound verdict", t);
      return true;
    }
  }

  static void upgraded(
      ConnectionContext connection,
      HttpPrologue prologue,
      boolean upgraded,
      @Nullable Throwable thrown) {
    if (!upgraded && thrown == null) {
      return;
    }
    Decision made = Decision.takeEarly(prologue);
    if (made == null) {
      return;
    }
    if (thrown != null) {
      int status =
          thrown instanceof RequestException ? ((RequestException) thrown).status().code() : 0;
      made.end(status == 0 ? Outcome.FAILED : Outcome.COMPLETED, status);
      return;
    }
    MeshSocket socket = MeshSocket.under(connection);
    if (socket == null) {
      made.end(Outcome.COMPLETED, SWITCHING_PROTOCOLS);
    } else {
      socket.onEnd(() -> made.end(Outcome.COMPLETED, SWITCHING_PROTOCOLS));
      made.call.onRevoked(socket::cut);
    }
  }

  /** A protocol that is not HTTP: nobody will see requests. */
  static void connected(Object selector, ConnectionContext connection) {
    String name = selector.getClass().getName();
    if (name.startsWith(OF_HTTP_1) || name.startsWith(OF_HTTP_2)) {
      return;
    }
    SocketAddress peer = connection.remotePeer().address();
    MeshSocket socket = MeshSocket.under(connection);
    if (socket == null || !(peer instanceof InetSocketAddress)) {
      return;
    }
    try {
      InboundCall call =
          Mesh.inbound().openConnection((InetSocketAddress) peer, connection.localPeer().port());
      socket.onEnd(() -> call.close(Outcome.COMPLETED, 0));
      if (call.reply() != null) {
        socket.cut();
      } else {
        call.onRevoked(socket::cut);
      }
    } catch (RuntimeException e) {
      Mesh.problem("inbound verdict", e);
      socket.cut();
    }
  }
}
