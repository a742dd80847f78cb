package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ClientTls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.http.Header;
import org.apache.http.HttpException;
import org.apache.http.HttpHost;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;
import org.apache.http.protocol.HTTP;
import org.jspecify.annotations.Nullable;

/** One hop of a request, sent over connections of the client's own. */
final class MeshHop implements AsyncExchange<AsyncAttempt, HttpResponse> {

  /** What the rest of an unwanted response may take before its connection is given up. */
  private static final long DRAIN_MILLIS = 100;

  private final MeshConnection connection;
  private final HttpAsyncClientExchangeHandler handler;
  private final HttpRequestWrapper request;
  private final Header[] headers;
  private final @Nullable URI uri;
  private final RequestBody body;
  private final CompletableFuture<HttpResponse> result = new CompletableFuture<>();
  private volatile @Nullable AsyncAttempt running;

  MeshHop(
      MeshConnection connection,
      HttpAsyncClientExchangeHandler handler,
      HttpRequestWrapper request) {
    this.connection = connection;
    this.handler = handler;
    this.request = request;
    this.headers = request.getAllHeaders();
    this.uri = request.getURI();
    this.body = new RequestBody(handler, connection.connections.producer);
  }

  void run() {
    result.whenComplete(
        (delivered, failure) -> {
          if (failure != null && !(failure instanceof CancellationException)) {
            handler.failed(
                failure instanceof Exception ? (Exception) failure : new IOException(failure));
          }
        });
    AsyncDriver.run(
        new RequestView(connection.route.getTargetHost(), request, body::isReplayable),
        this,
        result);
  }

  /** The handler gives up, before or after the response began, or is through. */
  void cancel() {
    AsyncAttempt attempt = running;
    if (!result.cancel(true) && attempt != null) {
      attempt.giveUp();
    }
  }

  @Override
  public CompletionStage<AsyncAttempt> send(Attempt attempt) {
    Endpoint endpoint = attempt.endpoint();
    HttpHost host =
        new HttpHost(
            endpoint.address(),
            endpoint.peerHost(),
            endpoint.port(),
            connection.route.getTargetHost().getSchemeName());
    HttpRoute route = new HttpRoute(host, connection.route.getLocalAddress(), false);
    ClientTls tls = endpoint.tls() ? Mesh.transport().client(endpoint.peerHost()) : null;
    long nanos = attempt.connectTimeoutNanos();
    AsyncAttempt next =
        new AsyncAttempt(
            connection,
            handler,
            body.next(),
            () -> prepare(attempt),
            route,
            tls,
            nanos > 0 ? TimeUnit.NANOSECONDS.toMillis(nanos + 999_999) : connection.connectMillis);
    AsyncAttempt before = running;
    running = next;
    if (endpoint.tls() && tls == null) {
      next.failed(new ConnectException("no certificate to reach " + endpoint.peerHost() + " with"));
    } else if (before == null) {
      next.onAwaited(next::lease);
    } else {
      // They share the request and its body: one at a time.
      next.onAwaited(() -> before.over().whenComplete((over, never) -> next.lease()));
    }
    return next.head();
  }

  private HttpRequestWrapper prepare(Attempt attempt) {
    String path = attempt.path();
    String authority = attempt.authority();
    request.setURI(path == null ? uri : URI.create(path));
    request.setHeaders(headers);
    if (authority != null) {
      request.setHeader(HTTP.TARGET_HOST, authority);
    }
    attempt.requestHeaders().apply(request::removeHeaders, request::setHeader, request::addHeader);
    return request;
  }

  @Override
  public CompletionStage<HttpResponse> passThrough() {
    AsyncAttempt passing =
        new AsyncAttempt(
            connection,
            handler,
            body.next(),
            () -> request,
            connection.route,
            null,
            connection.connectMillis);
    running = passing;
    CompletableFuture<HttpResponse> over = new CompletableFuture<>();
    passing.onAwaited(passing::lease);
    passing
        .head()
        .whenComplete(
            (head, failure) -> {
              if (failure != null) {
                over.completeExceptionally(failure);
              } else {
                passing.deliver(HeaderMutations.NONE, new Passing(over, head.response()));
              }
            });
    return over;
  }

  @Override
  public int status(HttpResponse passed) {
    return passed.getStatusLine().getStatusCode();
  }

  @Override
  public OutboundResponse view(AsyncAttempt head) {
    HttpResponse response = head.response();
    return new OutboundResponse() {
      @Override
      public int status() {
        return response.getStatusLine().getStatusCode();
      }

      @Override
      public @Nullable String header(String name) {
        return RequestView.joined(response, name);
      }
    };
  }

  @Override
  public void discard(AsyncAttempt head) {
    if (!head.isRequestSent()) {
      head.abort();
      return;
    }
    // What is not delivered is read away, here for a while only.
    Future<?> tooLong = Mesh.timer().schedule(head::abort, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    head.over().whenComplete((over, never) -> tooLong.cancel(false));
  }

  @Override
  public CompletionStage<HttpResponse> reply(LocalReply reply) {
    CompletableFuture<HttpResponse> replied = new CompletableFuture<>();
    LocalContent content = new LocalContent(handler, reply, request.getRequestLine());
    try {
      content.deliver();
      replied.complete(content.response());
    } catch (HttpException | IOException | RuntimeException e) {
      replied.completeExceptionally(e);
    }
    return replied;
  }

  @Override
  public CompletionStage<HttpResponse> deliver(
      AsyncAttempt head, HeaderMutations changes, ResponseEnd end) {
    head.deliver(changes, end);
    return CompletableFuture.completedFuture(head.response());
  }

  @Override
  public void abort() {
    AsyncAttempt attempt = running;
    if (attempt != null) {
      attempt.abort();
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    AsyncAttempt attempt = running;
    return attempt == null || !attempt.isBegun() ? FailureKind.CONNECT : FailureKind.of(failure);
  }

  /** Looks on while a request passes through, and sees how it ends. */
  private static final class Passing implements ResponseEnd {
    private final CompletableFuture<HttpResponse> over;
    private final HttpResponse response;

    Passing(CompletableFuture<HttpResponse> over, HttpResponse response) {
      this.over = over;
      this.response = response;
    }

    @Override
    public void completed() {
      over.complete(response);
    }

    @Override
    public void failed(Throwable failure) {
      over.completeExceptionally(failure);
    }

    @Override
    public void cancelled() {
      over.cancel(true);
    }
  }
}
