package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.BlockingExchange;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** One hop of a request, sent by the handlers below ours. */
final class ClassicExchange implements BlockingExchange<ClassicHttpResponse> {

  /** What the rest of an unwanted response may take before its connection is given up. */
  private static final long DRAIN_MILLIS = 100;

  private final ClassicHttpRequest request;
  private final ExecChain.Scope scope;
  private final ExecChain chain;
  private final ExecRuntime runtime;
  private final HttpClientContext context;
  private final Header[] headers;
  private final String path;
  private boolean sent;
  private volatile boolean aborted;

  ClassicExchange(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) {
    this.request = request;
    this.scope = scope;
    this.chain = chain;
    this.runtime = scope.execRuntime;
    this.context = scope.clientContext;
    this.headers = request.getHeaders();
    this.path = request.getPath();
  }

  @Override
  public ClassicHttpResponse send(Attempt attempt) throws IOException, HttpException {
    if (sent) {
      MeshHandler.settle(context);
    }
    sent = true;
    aborted = false;
    MeshHandler.notConnected(context);
    // Where the library sends again on its own, it may hold the endpoint of another attempt.
    runtime.discardEndpoint();
    prepare(attempt);
    HttpRoute route =
        MeshHandler.route(
            scope.route, attempt.endpoint(), scope.route.getTargetHost().getSchemeName());
    RequestConfig config = context.getRequestConfig();
    context.setRequestConfig(within(attempt, config));
    try {
      runtime.acquireEndpoint(scope.exchangeId, route, context.getUserToken(), context);
      if (aborted) {
        runtime.discardEndpoint();
      }
      return chain.proceed(
          request,
          new ExecChain.Scope(scope.exchangeId, route, scope.originalRequest, runtime, context));
    } catch (IllegalStateException e) {
      if (!aborted) {
        throw e;
      }
      // What the library says of an endpoint that abort() took away under its hands.
      InterruptedIOException failure = new InterruptedIOException("the mesh's deadline passed");
      failure.initCause(e);
      throw failure;
    } finally {
      context.setRequestConfig(config);
    }
  }

  private void prepare(Attempt attempt) {
    String newPath = attempt.path();
    request.setPath(newPath == null ? path : newPath);
    // The library completes headers after us, and refuses to find its own from the time before.
    request.setHeaders(headers);
    String authority = attempt.authority();
    if (authority != null) {
      request.setHeader(HttpHeaders.HOST, authority);
    }
    attempt.requestHeaders().apply(request::removeHeaders, request::setHeader, request::addHeader);
  }

  /** Neither a wait for a connection nor for a connect can be aborted: both are bounded instead. */
  private static RequestConfig within(Attempt attempt, @Nullable RequestConfig config) {
    RequestConfig.Builder bounded =
        RequestConfig.copy(config == null ? RequestConfig.DEFAULT : config);
    long connect = attempt.connectTimeoutNanos();
    long all = attempt.timeoutNanos();
    if (all > 0) {
      bounded.setConnectionRequestTimeout(millis(all));
    }
    if (connect > 0 || all > 0) {
      bounded.setConnectTimeout(
          millis(connect > 0 && all > 0 ? Math.min(connect, all) : connect + all));
    }
    return bounded.build();
  }

  private static Timeout millis(long nanos) {
    return Timeout.ofMilliseconds(TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
  }

  @Override
  public ClassicHttpResponse passThrough() throws IOException, HttpException {
    return chain.proceed(request, scope);
  }

  @Override
  public OutboundResponse view(ClassicHttpResponse response) {
    return RequestView.of(response);
  }

  @Override
  public void discard(ClassicHttpResponse response) {
    Future<?> tooLong = Mesh.timer().schedule(this::abort, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    try {
      EntityUtils.consume(response.getEntity());
      runtime.releaseEndpoint();
      response.close();
    } catch (IOException | RuntimeException e) {
      // The connection is given up below; nobody waits for this response.
    } finally {
      tooLong.cancel(false);
      runtime.discardEndpoint();
    }
  }

  @Override
  public ClassicHttpResponse reply(LocalReply reply) {
    MeshHandler.settle(context);
    return MeshResponse.of(reply);
  }

  @Override
  public ClassicHttpResponse deliver(
      ClassicHttpResponse response, HeaderMutations headers, ResponseEnd end) {
    return MeshResponse.of(response, headers, end);
  }

  @Override
  public void abort() {
    aborted = true;
    runtime.discardEndpoint();
  }

  @Override
  public boolean isCancelled() {
    return runtime.isExecutionAborted();
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return MeshHandler.isConnected(context) ? FailureKind.of(failure) : FailureKind.CONNECT;
  }
}
