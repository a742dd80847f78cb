package dev.weft.instrumentation.apachehttpclient40;

import java.util.concurrent.TimeUnit;
import org.apache.http.ConnectionReuseStrategy;
import org.apache.http.conn.ClientConnectionManager;
import org.apache.http.conn.ClientConnectionRequest;
import org.apache.http.conn.ConnectionKeepAliveStrategy;
import org.apache.http.conn.ManagedClientConnection;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.conn.scheme.SchemeRegistry;
import org.apache.http.impl.conn.DefaultClientConnectionOperator;
import org.apache.http.protocol.HttpRequestExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Where the director of one request gets its connections: for plain http one of ours, over which
 * {@link MeshExecutor} sends through the mesh; the client's own for everything else.
 */
final class MeshConnections implements ClientConnectionManager {

  /** Where the library has its connection managers, in whatever copy of the library. */
  private static final String LIBRARY = packageOf(DefaultClientConnectionOperator.class);

  final ClientConnectionManager own;
  final ConnectionReuseStrategy reuse;
  final ConnectionKeepAliveStrategy keepAlive;

  private MeshConnections(
      ClientConnectionManager own,
      ConnectionReuseStrategy reuse,
      ConnectionKeepAliveStrategy keepAlive) {
    this.own = own;
    this.reuse = reuse;
    this.keepAlive = keepAlive;
  }

  /**
   * @param arguments of a director's constructor: from {@code first} on executor, connections,
   *     reuse and keep-alive
   * @return what to give it in place of the first two
   */
  static Object[] around(Object[] arguments, int first) {
    Object executor = arguments[first];
    Object manager = arguments[first + 1];
    // A constructor may call the next one; a manager of the application's own would look the name
    // of an endpoint up.
    return executor instanceof MeshExecutor || !isLibrarys(manager)
        ? new Object[] {executor, manager}
        : new Object[] {
          new MeshExecutor((HttpRequestExecutor) executor),
          new MeshConnections(
              (ClientConnectionManager) manager,
              (ConnectionReuseStrategy) arguments[first + 2],
              (ConnectionKeepAliveStrategy) arguments[first + 3])
        };
  }

  private static boolean isLibrarys(Object manager) {
    for (Class<?> type = manager.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().startsWith(LIBRARY)) {
        return true;
      }
    }
    return false;
  }

  private static String packageOf(Class<?> type) {
    String name = type.getName();
    return name.substring(0, name.lastIndexOf('.') + 1);
  }

  @Override
  public ClientConnectionRequest requestConnection(HttpRoute route, @Nullable Object state) {
    if (route.isSecure()
        || route.getProxyHost() != null
        || !"http".equals(route.getTargetHost().getSchemeName())) {
      return own.requestConnection(route, state);
    }
    return new ClientConnectionRequest() {
      @Override
      public ManagedClientConnection getConnection(long timeout, TimeUnit unit) {
        return new MeshConnection(MeshConnections.this, route, state, unit.toMillis(timeout))
            .connection();
      }

      @Override
      public void abortRequest() {}
    };
  }

  @Override
  public void releaseConnection(ManagedClientConnection connection, long valid, TimeUnit unit) {
    own.releaseConnection(connection, valid, unit);
  }

  @Override
  public SchemeRegistry getSchemeRegistry() {
    return own.getSchemeRegistry();
  }

  @Override
  public void closeIdleConnections(long idle, TimeUnit unit) {
    own.closeIdleConnections(idle, unit);
  }

  @Override
  public void closeExpiredConnections() {
    own.closeExpiredConnections();
  }

  @Override
  public void shutdown() {
    own.shutdown();
  }
}
