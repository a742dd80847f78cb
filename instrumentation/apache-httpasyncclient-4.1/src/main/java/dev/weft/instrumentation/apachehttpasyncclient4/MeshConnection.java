package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.context.CallContext;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.http.HttpConnectionMetrics;
import org.apache.http.HttpException;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.HttpConnectionMetricsImpl;
import org.apache.http.nio.NHttpClientConnection;
import org.apache.http.nio.NHttpConnection;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;
import org.apache.http.nio.protocol.HttpAsyncRequestExecutor;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * What the handler of an exchange takes for its connection: each time it is ready for output, it
 * asks the handler for a request and sends that through the mesh, over connections of the client's
 * own. Thread-safe.
 */
final class MeshConnection implements NHttpClientConnection {

  final MeshConnections connections;
  final HttpRoute route;
  final @Nullable Object state;
  final long connectMillis;
  final long leaseMillis;

  private final HttpContext context = new BasicHttpContext();
  private final AtomicReference<@Nullable NHttpClientConnection> kept = new AtomicReference<>();
  private volatile @Nullable MeshHop hop;
  private volatile boolean open = true;
  private volatile int socketTimeout;

  MeshConnection(
      MeshConnections connections,
      HttpRoute route,
      @Nullable Object state,
      long connectMillis,
      long leaseMillis) {
    this.connections = connections;
    this.route = route;
    this.state = state;
    this.connectMillis = connectMillis;
    this.leaseMillis = leaseMillis;
  }

  @Override
  public void requestOutput() {
    HttpAsyncClientExchangeHandler handler =
        (HttpAsyncClientExchangeHandler)
            context.getAttribute(HttpAsyncRequestExecutor.HTTP_HANDLER);
    CallContext before = connections.caller.attach();
    try {
      MeshHop next = new MeshHop(this, handler, (HttpRequestWrapper) handler.generateRequest());
      hop = next;
      next.run();
    } catch (HttpException | IOException | RuntimeException e) {
      handler.failed(e);
    } finally {
      CallContext.restore(before);
    }
  }

  /** Keeps the connection of a request that passed through, for the handler to give back. */
  void keep(NHttpClientConnection connection) {
    kept.set(connection);
  }

  /** The connection on which the last request passed through; null when it must be another. */
  @Nullable NHttpClientConnection takeKept() {
    return kept.getAndSet(null);
  }

  void release(@Nullable Object newState, long duration, TimeUnit unit) {
    NHttpClientConnection connection = takeKept();
    if (connection != null) {
      connection.getContext().removeAttribute(HttpAsyncRequestExecutor.HTTP_HANDLER);
      connections.own.releaseConnection(connection, newState, duration, unit);
    }
  }

  @Override
  public void close() throws IOException {
    shutdown();
  }

  /** The handler gives up, or is through: what still runs is ended. */
  @Override
  public void shutdown() throws IOException {
    open = false;
    NHttpClientConnection connection = kept.get();
    if (connection != null) {
      connection.close();
    }
    MeshHop running = hop;
    if (running != null) {
      running.cancel();
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** Each attempt looks at its own. */
  @Override
  public boolean isStale() {
    return false;
  }

  @Override
  public int getStatus() {
    return open ? NHttpConnection.ACTIVE : NHttpConnection.CLOSED;
  }

  @Override
  public HttpContext getContext() {
    return context;
  }

  @Override
  public void setSocketTimeout(int timeout) {
    socketTimeout = timeout;
  }

  @Override
  public int getSocketTimeout() {
    return socketTimeout;
  }

  @Override
  public HttpConnectionMetrics getMetrics() {
    return new HttpConnectionMetricsImpl(null, null);
  }

  @Override
  public @Nullable HttpRequest getHttpRequest() {
    return null;
  }

  @Override
  public @Nullable HttpResponse getHttpResponse() {
    return null;
  }

  @Override
  public boolean isRequestSubmitted() {
    return false;
  }

  // The handler asks for none of these: it does what the connection's events tell it.

  @Override
  public void submitRequest(HttpRequest request) {
    throw new UnsupportedOperationException("the mesh sends what the handler generates");
  }

  @Override
  public void resetInput() {}

  @Override
  public void resetOutput() {}

  @Override
  public void requestInput() {}

  @Override
  public void suspendInput() {}

  @Override
  public void suspendOutput() {}
}
