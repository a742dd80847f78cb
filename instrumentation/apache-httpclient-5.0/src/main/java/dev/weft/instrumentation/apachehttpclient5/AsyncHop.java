package dev.weft.instrumentation.apachehttpclient5;

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
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** One hop of an asynchronous request, sent by the handlers below ours. */
final class AsyncHop implements AsyncExchange<AsyncAttempt, HttpResponse>, Cancellable {

  /** What the rest of an unwanted response may take before its connection is given up. */
  private static final long DRAIN_MILLIS = 100;

  private static final String NOT_EXECUTED = "org.apache.hc.core5.http.RequestNotExecutedException";

  private final HttpRequest request;
  private final @Nullable AsyncEntityProducer body;
  private final AsyncExecChain.Scope scope;
  private final AsyncExecChain chain;
  private final AsyncExecCallback caller;
  private final HttpClientContext context;
  private final Header[] headers;
  private final String path;
  private final URIAuthority authority;
  private final CompletableFuture<HttpResponse> result = new CompletableFuture<>();
  private volatile @Nullable AsyncAttempt running;

  AsyncHop(
      HttpRequest request,
      @Nullable AsyncEntityProducer body,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback caller) {
    this.request = request;
    this.body = body;
    this.scope = scope;
    this.chain = chain;
    this.caller = caller;
    this.context = scope.clientContext;
    this.headers = request.getHeaders();
    this.path = request.getPath();
    this.authority = request.getAuthority();
  }

  void run() {
    scope.cancellableDependency.setDependency(this);
    result.whenComplete(
        (delivered, failure) -> {
          if (failure != null) {
            caller.failed(own(failure));
          }
        });
    AsyncDriver.run(new RequestView(request, scope.route, this::isReplayable), this, result);
  }

  private static Exception own(Throwable failure) {
    if (failure instanceof CancellationException) {
      return new InterruptedIOException("cancelled");
    }
    return failure instanceof Exception ? (Exception) failure : new IOException(failure);
  }

  private boolean isReplayable() {
    return body == null || body.isRepeatable() || !MeshHandler.isConnected(context);
  }

  /** The application cancels, before or after the response began. */
  @Override
  public boolean cancel() {
    AsyncAttempt attempt = running;
    if (!result.cancel(true) && attempt != null) {
      attempt.giveUp();
    }
    return true;
  }

  @Override
  public CompletionStage<AsyncAttempt> send(Attempt attempt) {
    Endpoint endpoint = attempt.endpoint();
    AsyncAttempt before = running;
    AsyncAttempt next = new AsyncAttempt(scope.execRuntime.fork(), caller, body);
    running = next;
    if (endpoint.tls() && Mesh.transport().client(endpoint.peerHost()) == null) {
      next.failed(new ConnectException("no certificate to reach " + endpoint.peerHost() + " with"));
    } else if (before == null) {
      next.onAwaited(() -> begin(next, attempt));
    } else {
      MeshHandler.settle(context);
      // They share the request, its body and its context: one at a time.
      next.onAwaited(() -> before.over().whenComplete((over, never) -> begin(next, attempt)));
    }
    return next.head();
  }

  private void begin(AsyncAttempt next, Attempt attempt) {
    if (next.over().isDone()) {
      return;
    }
    Endpoint endpoint = attempt.endpoint();
    String scheme = endpoint.tls() ? "https" : scope.route.getTargetHost().getSchemeName();
    RequestConfig config = context.getRequestConfig();
    Object userToken = context.getUserToken();
    try {
      next.over()
          .whenComplete(
              (over, never) -> {
                context.setRequestConfig(config);
                context.setUserToken(userToken);
              });
      prepare(attempt);
      chain.proceed(
          request,
          next.body(),
          new AsyncExecChain.Scope(
              scope.exchangeId,
              MeshHandler.route(scope.route, endpoint, scheme),
              scope.originalRequest,
              next.dependency(),
              context,
              next.runtime()),
          next);
    } catch (HttpException | IOException | RuntimeException e) {
      next.failed(e);
    }
  }

  private void prepare(Attempt attempt) throws IOException {
    MeshHandler.notConnected(context);
    if (attempt.endpoint().tls() && context.getUserToken() == null) {
      // Or the library takes the name in our certificate, and keeps each connection for one
      // request.
      context.setUserToken(attempt.endpoint().peerHost());
    }
    if (attempt.connectTimeoutNanos() > 0) {
      Timeout timeout =
          Timeout.ofMilliseconds(
              TimeUnit.NANOSECONDS.toMillis(attempt.connectTimeoutNanos() + 999_999));
      RequestConfig config = context.getRequestConfig();
      context.setRequestConfig(
          RequestConfig.copy(config == null ? RequestConfig.DEFAULT : config)
              .setConnectTimeout(timeout)
              .build());
    }
    String newPath = attempt.path();
    request.setPath(newPath == null ? path : newPath);
    // The library completes headers after us, and refuses to find its own from the time before.
    request.setHeaders(headers);
    String newAuthority = attempt.authority();
    if (newAuthority == null) {
      request.setAuthority(authority);
    } else {
      request.removeHeaders(HttpHeaders.HOST);
      try {
        request.setAuthority(URIAuthority.create(newAuthority));
      } catch (URISyntaxException e) {
        throw new IOException("authority: " + newAuthority + " (expected: host or host:port)", e);
      }
    }
    attempt.requestHeaders().apply(request::removeHeaders, request::setHeader, request::addHeader);
  }

  @Override
  public CompletionStage<HttpResponse> passThrough() {
    AsyncPassing passing = new AsyncPassing(caller);
    try {
      chain.proceed(request, body, scope, passing);
    } catch (HttpException | IOException | RuntimeException e) {
      passing.failed(e);
    }
    return passing.over();
  }

  @Override
  public int status(HttpResponse passed) {
    return passed.getCode();
  }

  @Override
  public OutboundResponse view(AsyncAttempt head) {
    return RequestView.of(head.response());
  }

  @Override
  public void discard(AsyncAttempt head) {
    // What is not delivered is read away, here for a while only.
    Future<?> tooLong = Mesh.timer().schedule(head::abort, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    head.over().whenComplete((over, never) -> tooLong.cancel(false));
  }

  @Override
  public CompletionStage<HttpResponse> reply(LocalReply reply) {
    MeshHandler.settle(context);
    BasicHttpResponse response = new BasicHttpResponse(reply.status());
    MeshResponse.head(response, reply);
    try {
      int length = reply.body().length;
      AsyncDataConsumer consumer =
          caller.handleResponse(
              response,
              length == 0 ? null : new BasicEntityDetails(length, MeshResponse.type(response)));
      if (consumer != null && length > 0) {
        consumer.consume(ByteBuffer.wrap(reply.body()).asReadOnlyBuffer());
        consumer.streamEnd(null);
      }
      caller.completed();
      return CompletableFuture.completedFuture(response);
    } catch (HttpException | IOException | RuntimeException e) {
      CompletableFuture<HttpResponse> failed = new CompletableFuture<>();
      failed.completeExceptionally(e);
      return failed;
    }
  }

  @Override
  public CompletionStage<HttpResponse> deliver(
      AsyncAttempt head, HeaderMutations headers, ResponseEnd end) {
    head.deliver(headers, end);
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
    if (!MeshHandler.isConnected(context)) {
      return FailureKind.CONNECT;
    }
    // The handshake comes before the request, though after what the library calls connecting.
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return FailureKind.CONNECT;
      }
    }
    // Not in 5.0.
    return failure.getClass().getName().equals(NOT_EXECUTED)
        ? FailureKind.RESET_BEFORE_REQUEST
        : FailureKind.of(failure);
  }
}
