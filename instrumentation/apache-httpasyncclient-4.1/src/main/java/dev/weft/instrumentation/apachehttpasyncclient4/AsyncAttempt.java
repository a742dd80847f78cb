package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.instrumentation.AwaitedHead;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.ResponseEnd;
import dev.weft.transport.TransportSecurity.ClientTls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.http.ConnectionClosedException;
import org.apache.http.HttpException;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.concurrent.FutureCallback;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.nio.ContentDecoder;
import org.apache.http.nio.ContentEncoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.NHttpClientConnection;
import org.apache.http.nio.conn.NHttpClientConnectionManager;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;
import org.apache.http.nio.protocol.HttpAsyncRequestExecutor;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpCoreContext;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, as a connection of the client's own sees it: writes the request that the handler
 * generated, passes the response on to it when it is delivered, and reads it away otherwise.
 * Thread-safe.
 */
final class AsyncAttempt
    implements HttpAsyncClientExchangeHandler, FutureCallback<NHttpClientConnection> {

  private final MeshConnection connection;
  private final NHttpClientConnectionManager own;
  private final HttpAsyncClientExchangeHandler handler;
  private final RequestBody.Turn body;
  private final Supplier<HttpRequest> request;
  private final HttpRoute route;
  private final @Nullable ClientTls tls;
  private final long connectMillis;
  private final boolean passing;
  private final AtomicReference<@Nullable NHttpClientConnection> leased = new AtomicReference<>();
  private final AwaitedHead<AsyncAttempt> head = new AwaitedHead<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile @Nullable Future<?> leasing;
  private volatile boolean pooled;
  private volatile boolean ready;
  private volatile boolean begun;
  private volatile boolean sent;
  private volatile @Nullable HttpResponse response;
  private volatile @Nullable ResponseEnd end;
  private volatile @Nullable Exception failure;

  // Written and read on the thread of the connection.
  private boolean started;
  private long keepAlive = -1;
  private boolean reusable;
  private @Nullable Exception refusal;
  private @Nullable ByteBuffer unwanted;

  /**
   * @param request makes the request of this attempt, when it can be written
   * @param tls null for plaintext
   */
  AsyncAttempt(
      MeshConnection connection,
      HttpAsyncClientExchangeHandler handler,
      RequestBody.Turn body,
      Supplier<HttpRequest> request,
      HttpRoute route,
      @Nullable ClientTls tls,
      long connectMillis) {
    this.connection = connection;
    this.own = connection.connections.own;
    this.handler = handler;
    this.body = body;
    this.request = request;
    this.route = route;
    this.tls = tls;
    this.connectMillis = connectMillis;
    this.passing = route.equals(connection.route);
  }

  /** What to do when somebody waits for the head: from then on it is decided where it arrives. */
  void onAwaited(Runnable begin) {
    head.onAwaited(begin);
  }

  CompletableFuture<AsyncAttempt> head() {
    return head;
  }

  /** Completes, always normally, when the connection is given back or closed. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** Whether anything of the request was written. */
  boolean isBegun() {
    return begun;
  }

  /** Whether all of the request was written. */
  boolean isRequestSent() {
    return sent;
  }

  HttpResponse response() {
    HttpResponse known = response;
    if (known == null) {
      throw new IllegalStateException("no head yet");
    }
    return known;
  }

  void lease() {
    NHttpClientConnection kept = connection.takeKept();
    if (kept != null && passing) {
      completed(kept);
      return;
    }
    if (kept != null) {
      giveBack(kept, false);
    }
    if (ended.get()) {
      return;
    }
    Future<?> future =
        own.requestConnection(
            route,
            passing ? connection.state : null,
            connectMillis,
            connection.leaseMillis,
            TimeUnit.MILLISECONDS,
            this);
    leasing = future;
    if (ended.get()) {
      future.cancel(true);
    }
  }

  /** A connection is there. */
  @Override
  public void completed(NHttpClientConnection given) {
    leased.set(given);
    if (ended.get()) {
      giveBack(false);
      return;
    }
    try {
      pooled = own.isRouteComplete(given);
      started = pooled;
      ready = pooled;
      HttpContext context = given.getContext();
      boolean stale;
      // The library's own takes it, too, so that the end of the input is seen before or after.
      synchronized (context) {
        stale = given.isStale();
        if (!stale) {
          context.setAttribute(HttpAsyncRequestExecutor.HTTP_HANDLER, this);
          given.requestOutput();
        }
      }
      if (stale) {
        inputTerminated();
      }
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /** The library withdrew the lease, as when it shuts down. */
  @Override
  public void cancelled() {
    failed(new InterruptedIOException("no connection: the lease was cancelled"));
  }

  @Override
  public @Nullable HttpRequest generateRequest() throws IOException, HttpException {
    NHttpClientConnection given = leased.get();
    if (given == null || begun) {
      return null;
    }
    if (!started) {
      started = true;
      HttpContext context = connection.connections.context;
      if (tls == null) {
        own.startRoute(given, route, context);
        ready = true;
      } else {
        new MeshTls(tls, () -> onHandshake(given)).start(own, given, route);
      }
      own.routeComplete(given, route, context);
    }
    if (!ready) {
      return null;
    }
    if (passing) {
      connection.connections.context.setAttribute(HttpCoreContext.HTTP_CONNECTION, given);
    }
    if (connection.getSocketTimeout() > 0) {
      given.setSocketTimeout(connection.getSocketTimeout());
    }
    body.begin();
    begun = true;
    return request.get();
  }

  private void onHandshake(NHttpClientConnection given) {
    ready = true;
    given.requestOutput();
  }

  @Override
  public void produceContent(ContentEncoder encoder, IOControl control) throws IOException {
    body.produce(encoder, control);
  }

  @Override
  public void requestCompleted() {
    sent = true;
    handler.requestCompleted();
  }

  @Override
  public void responseReceived(HttpResponse arrived) throws IOException, HttpException {
    response = arrived;
    MeshConnections connections = connection.connections;
    reusable = connections.reuse.keepAlive(arrived, connections.context);
    keepAlive = connections.keepAlive.getKeepAliveDuration(arrived, connections.context);
    head.complete(this);
    Exception refused = refusal;
    if (refused instanceof HttpException) {
      throw (HttpException) refused;
    } else if (refused instanceof IOException) {
      throw (IOException) refused;
    } else if (refused != null) {
      throw (RuntimeException) refused;
    }
  }

  void deliver(HeaderMutations changes, ResponseEnd responseEnd) {
    HttpResponse known = response();
    changes.apply(known::removeHeaders, known::setHeader, known::addHeader);
    end = responseEnd;
    try {
      handler.responseReceived(known);
    } catch (HttpException | IOException | RuntimeException e) {
      refusal = e;
    }
    if (ended.get()) {
      // Aborted a moment ago, when there was nobody to tell yet.
      tellFailure();
    }
  }

  @Override
  public void consumeContent(ContentDecoder decoder, IOControl control) throws IOException {
    if (end != null) {
      handler.consumeContent(decoder, control);
      return;
    }
    ByteBuffer buffer = unwanted;
    if (buffer == null) {
      buffer = ByteBuffer.allocate(4096);
      unwanted = buffer;
    }
    buffer.clear();
    decoder.read(buffer);
  }

  @Override
  public void responseCompleted() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    NHttpClientConnection given = leased.get();
    if (passing && given != null && leased.compareAndSet(given, null)) {
      // Whose it is next is the handler's decision: it knows of authentication that belongs to it.
      connection.keep(given);
    } else {
      giveBack(reusable && sent);
    }
    over.complete(null);
    ResponseEnd delivered = end;
    if (delivered != null) {
      delivered.completed();
      try {
        handler.responseCompleted();
      } catch (HttpException | IOException | RuntimeException e) {
        handler.failed(e);
      }
    }
  }

  /**
   * The connection ended before anything was written. One from the pool is replaced, as the library
   * does itself.
   */
  @Override
  public void inputTerminated() {
    if (pooled && !begun && !ended.get()) {
      giveBack(false);
      lease();
    } else {
      failed(new ConnectionClosedException("Connection closed"));
    }
  }

  @Override
  public void failed(Exception cause) {
    failure = cause;
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    giveBack(false);
    over.complete(null);
    if (end != null) {
      tellFailure();
    } else {
      head.completeExceptionally(cause);
    }
  }

  private void tellFailure() {
    ResponseEnd delivered = end;
    Exception cause = failure;
    if (delivered != null && cause != null && told.compareAndSet(false, true)) {
      delivered.failed(cause);
      handler.failed(cause);
    }
  }

  /** Ends the exchange wherever it is. Does not block. */
  void abort() {
    Future<?> lease = leasing;
    failed(new InterruptedIOException("ended by the mesh: its time was over"));
    if (lease != null) {
      lease.cancel(true);
    }
  }

  /** The application cancelled after the response began. */
  void giveUp() {
    ResponseEnd delivered = end;
    if (delivered != null) {
      delivered.cancelled();
    }
    abort();
  }

  private void giveBack(boolean keep) {
    NHttpClientConnection given = leased.getAndSet(null);
    if (given != null) {
      giveBack(given, keep);
    }
  }

  private void giveBack(NHttpClientConnection given, boolean keep) {
    try {
      given.getContext().removeAttribute(HttpAsyncRequestExecutor.HTTP_HANDLER);
      if (!keep) {
        given.shutdown();
      }
    } catch (IOException | RuntimeException e) {
      // It is gone already, which is what was wanted; it goes back to the pool as that.
    }
    own.releaseConnection(given, null, keep ? keepAlive : 0, TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean isDone() {
    return ended.get();
  }

  @Override
  public boolean cancel() {
    abort();
    return true;
  }

  /** By the library, when the connection is gone. */
  @Override
  public void close() {
    failed(new ConnectionClosedException("Connection closed"));
  }
}
