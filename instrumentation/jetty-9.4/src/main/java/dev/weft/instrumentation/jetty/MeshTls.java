package dev.weft.instrumentation.jetty;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.Alpn;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.ServerConnector;

/** Mutual TLS under the connection that the server makes by itself; tells who the peer is. */
final class MeshTls implements SslHandshakeListener, Connection.Listener {

  private final InetSocketAddress peer;
  private final int localPort;
  private final AtomicBoolean connected = new AtomicBoolean();

  private MeshTls(InetSocketAddress peer, int localPort) {
    this.peer = peer;
    this.localPort = localPort;
  }

  static Connection connection(
      ServerConnector connector,
      EndPoint endPoint,
      SSLContext context,
      InetSocketAddress peer,
      int localPort) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    if (Connectors.speaksHttp2(connector)) {
      Alpn.choose(engine, "h2", "http/1.1");
    } else {
      Alpn.choose(engine, "http/1.1");
    }
    SslConnection tls =
        new SslConnection(connector.getByteBufferPool(), connector.getExecutor(), endPoint, engine);
    tls.setRenegotiationAllowed(false);
    MeshTls told = new MeshTls(peer, localPort);
    tls.addHandshakeListener(told);
    for (Connection.Listener listener : connector.getBeans(Connection.Listener.class)) {
      Connectors.listen(tls, listener);
    }
    Connectors.listen(tls, told);
    EndPoint decrypted = Connectors.decrypted(tls);
    // HTTP/2 too begins in the default connection, which knows its preface.
    decrypted.setConnection(
        connector.getDefaultConnectionFactory().newConnection(connector, decrypted));
    return tls;
  }

  @Override
  public void handshakeSucceeded(Event event) {
    if (connected.compareAndSet(false, true)) {
      try {
        Mesh.transport().connected(peer, localPort, event.getSSLEngine().getSession());
      } catch (Throwable t) {
        Mesh.problem("jetty connected", t);
      }
    }
  }

  @Override
  public void handshakeFailed(Event event, Throwable failure) {}

  @Override
  public void onOpened(Connection connection) {}

  @Override
  public void onClosed(Connection connection) {
    if (connected.get()) {
      Mesh.transport().disconnected(peer, localPort);
    }
  }
}
