package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.context.CallContext;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.http.ConnectionReuseStrategy;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.BasicFuture;
import org.apache.http.concurrent.FutureCallback;
import org.apache.http.conn.ConnectionKeepAliveStrategy;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.nio.conn.PoolingNHttpClientConnectionManager;
import org.apache.http.nio.NHttpClientConnection;
import org.apache.http.nio.conn.NHttpClientConnectionManager;
import org.apache.http.nio.protocol.HttpAsyncRequestProducer;
import org.apache.http.nio.reactor.IOEventDispatch;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Where the handler of one exchange gets its connections: for plain http one of ours, which sends
 * each request (a redirect's, too) through the mesh; the client's own for everything else.
 */
final class MeshConnections implements NHttpClientConnectionManager {

  final NHttpClientConnectionManager own;
  final HttpAsyncRequestProducer producer;
  final HttpClientContext context;
  final ConnectionReuseStrategy reuse;
  final ConnectionKeepAliveStrategy keepAlive;

  /** Redirects come on the library's threads; they belong to the first request. */
  final CallContext caller = CallContext.current();

  private MeshConnections(
      NHttpClientConnectionManager own,
      HttpAsyncRequestProducer producer,
      HttpClientContext context,
      ConnectionReuseStrategy reuse,
      ConnectionKeepAliveStrategy keepAlive) {
    this.own = own;
    this.producer = producer;
    this.context = context;
    this.reuse = reuse;
    this.keepAlive = keepAlive;
  }

  /**
   * @param arguments of a handler's constructor; the two strategies are not in the same place in
   *     all handlers
   * @return what to give it in place of its connection manager, the sixth
   */
  static Object around(Object[] arguments) {
    ConnectionReuseStrategy reuse = null;
    ConnectionKeepAliveStrategy keepAlive = null;
    for (Object argument : arguments) {
      if (argument instanceof ConnectionReuseStrategy) {
        reuse = (ConnectionReuseStrategy) argument;
      } else if (argument instanceof ConnectionKeepAliveStrategy) {
        keepAlive = (ConnectionKeepAliveStrategy) argument;
      }
    }
    Object manager = arguments[5];
    // A manager of the application's own would look the name of an endpoint up.
    return reuse != null
            && keepAlive != null
            && manager instanceof PoolingNHttpClientConnectionManager
        ? new MeshConnections(
            (NHttpClientConnectionManager) manager,
            (HttpAsyncRequestProducer) arguments[1],
            (HttpClientContext) arguments[3],
            reuse,
            keepAlive)
        : manager;
  }

  @Override
  public Future<NHttpClientConnection> requestConnection(
      HttpRoute route,
      @Nullable Object state,
      long connectTimeout,
      long leaseTimeout,
      TimeUnit unit,
      FutureCallback<NHttpClientConnection> callback) {
    if (route.isSecure()
        || route.getProxyHost() != null
        || !"http".equals(route.getTargetHost().getSchemeName())) {
      return own.requestConnection(route, state, connectTimeout, leaseTimeout, unit, callback);
    }
    BasicFuture<NHttpClientConnection> future = new BasicFuture<>(callback);
    future.completed(
        new MeshConnection(
            this, route, state, unit.toMillis(connectTimeout), unit.toMillis(leaseTimeout)));
    return future;
  }

  @Override
  public void releaseConnection(
      NHttpClientConnection connection, @Nullable Object state, long duration, TimeUnit unit) {
    if (connection instanceof MeshConnection) {
      ((MeshConnection) connection).release(state, duration, unit);
    } else {
      own.releaseConnection(connection, state, duration, unit);
    }
  }

  /** One of ours finds its route by itself, for each attempt. */
  @Override
  public boolean isRouteComplete(NHttpClientConnection connection) {
    return connection instanceof MeshConnection || own.isRouteComplete(connection);
  }

  @Override
  public void startRoute(NHttpClientConnection connection, HttpRoute route, HttpContext context)
      throws IOException {
    own.startRoute(connection, route, context);
  }

  @Override
  public void upgrade(NHttpClientConnection connection, HttpRoute route, HttpContext context)
      throws IOException {
    own.upgrade(connection, route, context);
  }

  @Override
  public void routeComplete(
      NHttpClientConnection connection, HttpRoute route, HttpContext context) {
    own.routeComplete(connection, route, context);
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
  public void execute(IOEventDispatch events) throws IOException {
    own.execute(events);
  }

  @Override
  public void shutdown() throws IOException {
    own.shutdown();
  }
}
