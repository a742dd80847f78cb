package dev.weft.instrumentation.undertow;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.Alpn;
import dev.weft.instrumentation.WeakIdentityMap;
import io.undertow.UndertowOptions;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.PooledAdaptor;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.conduits.PushBackStreamSourceConduit;
import org.xnio.ssl.SslConnection;

/** Mutual TLS over one connection; tells who the peer is. */
final class MeshTls {

  /**
   * Not a value in the session itself: the JDK would send the client another ticket for it, in the
   * middle of what is being written, and Undertow's conduit loses its place there.
   */
  private static final WeakIdentityMap<Boolean> SESSIONS = new WeakIdentityMap<>();

  private final InetSocketAddress peer;
  private final int localPort;
  private final AtomicBoolean connected = new AtomicBoolean();

  private MeshTls(InetSocketAddress peer, int localPort) {
    this.peer = peer;
    this.localPort = localPort;
  }

  /**
   * @param buffer what the peer sent already; taken over
   */
  static SslConnection over(
      StreamConnection connection,
      PooledByteBuffer buffer,
      SSLContext context,
      HttpOpenListener listener,
      InetSocketAddress peer,
      int localPort) {
    PushBackStreamSourceConduit source =
        new PushBackStreamSourceConduit(connection.getSourceChannel().getConduit());
    source.pushBack(new PooledAdaptor(buffer));
    connection.getSourceChannel().setConduit(source);
    SslConnection tls = ServerSide.over(connection, context);
    SSLEngine engine = UndertowXnioSsl.getSslEngine(tls);
    if (listener.getUndertowOptions().get(UndertowOptions.ENABLE_HTTP2, false)) {
      Alpn.choose(engine, "h2", "http/1.1");
    } else {
      Alpn.choose(engine, "http/1.1");
    }
    MeshTls told = new MeshTls(peer, localPort);
    tls.getHandshakeSetter().set(done -> told.connected(engine.getSession()));
    connection.setCloseListener(closed -> told.disconnected());
    return tls;
  }

  /** Whether the session is of the mesh, and not of the application's own TLS. */
  static boolean is(@Nullable SSLSession session) {
    return session != null && SESSIONS.get(session) != null;
  }

  private void connected(SSLSession session) {
    if (connected.compareAndSet(false, true)) {
      SESSIONS.put(session, true);
      Mesh.transport().connected(peer, localPort, session);
    }
  }

  private void disconnected() {
    if (connected.get()) {
      Mesh.transport().disconnected(peer, localPort);
    }
  }
}
