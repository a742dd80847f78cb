package dev.weft.instrumentation.jetty;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * An accepted connection that has not said yet whether it is plaintext or mutual TLS: its first
 * byte tells, and the connection that the server would have made takes over, over TLS or not. Until
 * then the connector's own idle timeout holds.
 */
final class SniffedConnection extends AbstractConnection implements Connection.Listener {

  /** The first byte of a TLS record that carries a ClientHello; of no HTTP request. */
  private static final byte HANDSHAKE = 0x16;

  private final ServerConnector connector;
  private final AbstractEndPoint endPoint;
  private final InetSocketAddress peer;
  private final int localPort;
  private final ByteBuffer first = BufferUtil.allocate(1);
  private boolean replaced;

  private SniffedConnection(
      ServerConnector connector, AbstractEndPoint endPoint, InetSocketAddress peer, int localPort) {
    super(endPoint, connector.getExecutor());
    this.connector = connector;
    this.endPoint = endPoint;
    this.peer = peer;
    this.localPort = localPort;
  }

  /** Null where the connector does as it always did. */
  static @Nullable Connection accepted(
      ServerConnector connector, SelectableChannel channel, EndPoint endPoint) throws IOException {
    if (!(channel instanceof SocketChannel)
        || !(endPoint instanceof AbstractEndPoint)
        || Connectors.endsTls(connector)) {
      return null;
    }
    InetSocketAddress local = (InetSocketAddress) ((SocketChannel) channel).getLocalAddress();
    InetSocketAddress peer = (InetSocketAddress) ((SocketChannel) channel).getRemoteAddress();
    if (local == null
        || peer == null
        || Mesh.transport().server(local.getPort()).mode() == ServerTls.Mode.DISABLE) {
      return null;
    }
    SniffedConnection connection =
        new SniffedConnection(connector, (AbstractEndPoint) endPoint, peer, local.getPort());
    Connectors.listen(connection, connection);
    return connection;
  }

  @Override
  public void onOpen() {
    super.onOpen();
    fillInterested();
  }

  @Override
  public void onFillable() {
    try {
      int filled = endPoint.fill(first);
      if (filled == 0) {
        fillInterested();
      } else if (filled < 0) {
        close();
      } else {
        decide(first.get(0));
      }
    } catch (Throwable t) {
      // Nothing was served yet: whatever it is, the peer sees a connection that was closed.
      close();
      if (!(t instanceof IOException)) {
        Mesh.problem("jetty accept", t);
      }
    }
  }

  private void decide(byte first) {
    // Asked again: it may have been some time until the peer said something.
    ServerTls rule = Mesh.transport().server(localPort);
    SSLContext context = rule.context();
    if (rule.mode() == ServerTls.Mode.DISABLE) {
      replaceBy(connector.getDefaultConnectionFactory().newConnection(connector, endPoint));
    } else if (first == HANDSHAKE && context != null) {
      replaceBy(MeshTls.connection(connector, endPoint, context, peer, localPort));
    } else if (first == HANDSHAKE || rule.mode() == ServerTls.Mode.STRICT) {
      close();
    } else {
      replaceBy(connector.getDefaultConnectionFactory().newConnection(connector, endPoint));
    }
  }

  private void replaceBy(Connection connection) {
    replaced = true;
    FirstByte.giveBack(endPoint, first.get(0));
    endPoint.upgrade(connection);
    // What it waits for is here: no selector would tell about a byte that was read already.
    Connectors.fillable(endPoint);
  }

  @Override
  public void onOpened(Connection connection) {}

  /**
   * The connector's listeners hear of a connection that ends here: limits of connections count on
   * it. Of one that was replaced they hear by its successor.
   */
  @Override
  public void onClosed(Connection connection) {
    if (!replaced) {
      for (Connection.Listener listener : connector.getBeans(Connection.Listener.class)) {
        listener.onOpened(this);
        listener.onClosed(this);
      }
    }
  }
}
