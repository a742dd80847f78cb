package dev.weft.instrumentation.apachehttpclient40;

import dev.weft.outbound.ResponseEnd;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpException;
import org.apache.http.HttpResponse;
import org.apache.http.conn.ClientConnectionRequest;
import org.apache.http.conn.ManagedClientConnection;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.params.HttpConnectionParams;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * What the director of a request takes for its connection: open at once and always to the host that
 * the application named. What it is asked goes to the connection of the last attempt. A proxy,
 * since later versions ask for more than 4.0 does. Thread-safe.
 */
final class MeshConnection implements InvocationHandler {

  private final MeshConnections connections;
  private final HttpRoute route;
  private final @Nullable Object state;
  private final long leaseMillis;
  private final AtomicReference<@Nullable ManagedClientConnection> current =
      new AtomicReference<>();
  private volatile @Nullable ClientConnectionRequest leasing;
  private volatile @Nullable ResponseEnd end;
  private volatile boolean open;
  private volatile boolean passing;
  private volatile boolean attemptAborted;
  private volatile boolean aborted;

  MeshConnection(
      MeshConnections connections, HttpRoute route, @Nullable Object state, long leaseMillis) {
    this.connections = connections;
    this.route = route;
    this.state = state;
    this.leaseMillis = leaseMillis;
  }

  ManagedClientConnection connection() {
    return (ManagedClientConnection)
        Proxy.newProxyInstance(
            ManagedClientConnection.class.getClassLoader(),
            new Class<?>[] {ManagedClientConnection.class},
            this);
  }

  /** The one behind {@code connection}; null when that is the library's own. */
  static @Nullable MeshConnection behind(HttpClientConnection connection) {
    InvocationHandler handler =
        Proxy.isProxyClass(connection.getClass()) ? Proxy.getInvocationHandler(connection) : null;
    return handler instanceof MeshConnection ? (MeshConnection) handler : null;
  }

  HttpRoute route() {
    return route;
  }

  MeshConnections connections() {
    return connections;
  }

  /** Whether the application aborted its request. */
  boolean isAborted() {
    return aborted;
  }

  /** What to tell when the connection is given back before the body was read to its end. */
  void onEnd(ResponseEnd responseEnd) {
    end = responseEnd;
  }

  /** What one attempt does on its connection. */
  interface Exchange {
    HttpResponse on(ManagedClientConnection connection) throws IOException, HttpException;
  }

  /**
   * Makes one attempt.
   *
   * @param to {@link #route} itself when the request passes through: it may then go on with the
   *     connection of the one before, which can be authenticated
   */
  HttpResponse send(HttpRoute to, HttpContext context, HttpParams params, Exchange exchange)
      throws IOException, HttpException {
    attemptAborted = false;
    boolean passes = to.equals(route);
    ManagedClientConnection kept = current.get();
    if (kept == null || !passes || !passing || !kept.isOpen()) {
      giveBack();
      passing = passes;
      kept = lease(to);
    }
    try {
      if (aborted || attemptAborted) {
        throw new InterruptedIOException("aborted");
      }
      if (HttpConnectionParams.isStaleCheckingEnabled(params) && kept.isOpen() && kept.isStale()) {
        kept.close();
      }
      if (kept.isOpen()) {
        kept.setSocketTimeout(HttpConnectionParams.getSoTimeout(params));
      } else {
        kept.open(to, context, params);
      }
      return exchange.on(kept);
    } catch (IOException | HttpException | RuntimeException e) {
      drop();
      throw e;
    }
  }

  private ManagedClientConnection lease(HttpRoute to) throws IOException {
    ClientConnectionRequest request = connections.own.requestConnection(to, passing ? state : null);
    leasing = request;
    try {
      if (aborted || attemptAborted) {
        request.abortRequest();
      }
      ManagedClientConnection leased = request.getConnection(leaseMillis, TimeUnit.MILLISECONDS);
      current.set(leased);
      return leased;
    } catch (InterruptedException e) {
      if (!aborted && !attemptAborted) {
        Thread.currentThread().interrupt();
      }
      InterruptedIOException failure = new InterruptedIOException("no connection");
      failure.initCause(e);
      throw failure;
    } finally {
      leasing = null;
    }
  }

  /** The connection of the last attempt may serve others now, if it was marked so. */
  void giveBack() {
    ManagedClientConnection done = current.getAndSet(null);
    if (done != null) {
      try {
        done.releaseConnection();
      } catch (IOException | RuntimeException e) {
        // It is gone; the manager knows.
      }
    }
  }

  /** The connection of the last attempt is of no use any more. */
  void drop() {
    ManagedClientConnection broken = current.get();
    if (broken != null) {
      try {
        broken.abortConnection();
      } catch (IOException | RuntimeException e) {
        // It is gone already, which is what was wanted.
      }
    }
    giveBack();
  }

  /** Ends the attempt that runs, on any thread. */
  void abortAttempt() {
    attemptAborted = true;
    ClientConnectionRequest lease = leasing;
    if (lease != null) {
      lease.abortRequest();
    }
    ManagedClientConnection running = current.get();
    if (running != null) {
      try {
        running.abortConnection();
      } catch (IOException | RuntimeException e) {
        // It is gone already, which is what was wanted.
      }
    }
  }

  void markReusable(long keepAliveMillis) {
    ManagedClientConnection done = current.get();
    if (done != null) {
      done.setIdleDuration(keepAliveMillis, TimeUnit.MILLISECONDS);
      done.markReusable();
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    ManagedClientConnection behind = current.get();
    switch (method.getName()) {
      case "open":
        open = true;
        return null;
      case "isOpen":
        return open && (behind == null || behind.isOpen());
      case "isStale":
        return false;
      case "getRoute":
        return open ? route : null;
      case "close":
      case "shutdown":
        open = false;
        break;
      case "abortConnection":
        aborted = true;
        abortAttempt();
        ended();
        return null;
      case "releaseConnection":
        giveBack();
        ended();
        return null;
      case "setState":
        if (!passing) {
          return null;
        }
        break;
      case "equals":
        return arguments != null && proxy == arguments[0];
      case "hashCode":
        return System.identityHashCode(this);
      case "toString":
        return "connection of the mesh to " + route;
      default:
        break;
    }
    if (behind == null) {
      Class<?> type = method.getReturnType();
      return type == boolean.class ? (Object) false : type == int.class ? (Object) 0 : null;
    }
    try {
      return method.invoke(behind, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      throw cause == null ? e : cause;
    }
  }

  private void ended() {
    ResponseEnd delivered = end;
    if (delivered != null) {
      delivered.cancelled();
    }
  }
}
