package dev.weft.instrumentation.armeria;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.client.RefusedStreamException;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.proxy.DirectProxyConfig;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpHeadersBuilder;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.common.logging.RequestLogBuilder;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import com.linecorp.armeria.common.util.TimeoutMode;
import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One request as the innermost client gets it. */
final class ArmeriaExchange implements AsyncExchange<Sent, HttpResponse> {

  /** What this thread is just passing through: the same call comes by the hook once more. */
  private static final ThreadLocal<@Nullable ClientRequestContext> PASSING = new ThreadLocal<>();

  private final long start = System.nanoTime();
  private final HttpClient client;
  private final ClientRequestContext context;
  private final HttpRequest request;
  private final Endpoint endpoint;
  private final Body body;
  private final long timeoutMillis;
  private final CompletableFuture<HttpResponse> result = new CompletableFuture<>();
  private volatile @Nullable Sent running;
  private volatile boolean passing;

  private ArmeriaExchange(
      HttpClient client, ClientRequestContext context, HttpRequest request, Endpoint endpoint) {
    this.client = client;
    this.context = context;
    this.request = request;
    this.endpoint = endpoint;
    this.body = new Body(context, request);
    this.timeoutMillis = context.responseTimeoutMillis();
  }

  /** The response to a request that goes through the mesh; null when it is none of the mesh's. */
  static @Nullable HttpResponse takeOver(
      HttpClient client, ClientRequestContext context, HttpRequest request) {
    Endpoint endpoint = context.endpoint();
    if (Mesh.outbound() == OutboundMesh.PASS_THROUGH
        || endpoint == null
        || PASSING.get() == context
        || !isOurs(context, request, endpoint)) {
      return null;
    }
    return new ArmeriaExchange(client, context, request, endpoint).run();
  }

  private static boolean isOurs(
      ClientRequestContext context, HttpRequest request, Endpoint endpoint) {
    String host = endpoint.host();
    return !context.sessionProtocol().isTls()
        && !dev.weft.transport.Endpoint.isSynthetic(host)
        // A socket of the operating system's own.
        && !host.startsWith("unix%3A")
        // WebSockets.
        && request.method() != HttpMethod.CONNECT
        && !request.headers().contains(HttpHeaderNames.UPGRADE)
        && !context.log().isComplete()
        && isDirect(context, endpoint);
  }

  private static boolean isDirect(ClientRequestContext context, Endpoint endpoint) {
    return context
            .options()
            .factory()
            .options()
            .proxyConfigSelector()
            .select(
                context.sessionProtocol(),
                endpoint.withDefaultPort(context.sessionProtocol().defaultPort()))
        instanceof DirectProxyConfig;
  }

  private HttpResponse run() {
    HttpResponse response = HttpResponse.from(result, context.eventLoop());
    result.whenComplete(this::onResult);
    response
        .whenComplete()
        .handle((nothing, failure) -> failure != null && result.completeExceptionally(failure));
    context.log().whenComplete().thenAccept(this::onContextEnd);
    CallContext caller = ContextAdvice.of(context);
    CallContext before = caller.attach();
    try {
      AsyncDriver.run(new RequestView(context, request, endpoint, body), this, result);
    } finally {
      CallContext.restore(before);
    }
    limitWaiting();
    return response;
  }

  /** The application's timeout holds while the mesh waits as well: an attempt has its own. */
  private void limitWaiting() {
    if (timeoutMillis <= 0 || running != null || result.isDone()) {
      return;
    }
    Runnable end =
        () -> {
          if (running == null) {
            result.completeExceptionally(ResponseTimeoutException.get());
          }
        };
    Future<?> timer =
        context.eventLoop().withoutContext().schedule(end, timeoutMillis, TimeUnit.MILLISECONDS);
    result.whenComplete((response, failure) -> timer.cancel(false));
  }

  /** The context ended otherwise than with the response: the application cancelled it. */
  private void onContextEnd(RequestLog log) {
    Throwable cause = Sent.cause(log);
    Sent sent = running;
    if (cause == null || passing || result.completeExceptionally(cause) || sent == null) {
      return;
    }
    if (!sent.isOver()) {
      sent.abort(cause);
    }
  }

  private void onResult(@Nullable HttpResponse response, @Nullable Throwable failure) {
    if (passing) {
      return;
    }
    if (failure == null) {
      body.close();
      return;
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    body.abort(cause);
    context.logBuilder().endRequest(cause);
    context.logBuilder().endResponse(cause);
  }

  @Override
  public CompletionStage<Sent> send(Attempt attempt) {
    long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    if (timeoutMillis > 0 && elapsed >= timeoutMillis) {
      result.completeExceptionally(ResponseTimeoutException.get());
      throw ResponseTimeoutException.get();
    }
    HttpHeaders added = context.additionalRequestHeaders();
    String authority = Heads.authority(context, request, endpoint);
    HttpRequest next = body.next(Heads.of(request, added, authority, attempt));
    ClientRequestContext derived = derive(next, peer(attempt));
    if (derived.request() != next) {
      // Old versions put the endpoint's name into it.
      derived.updateRequest(next);
    }
    derived.mutateAdditionalRequestHeaders(HttpHeadersBuilder::clear);
    if (timeoutMillis > 0 && elapsed > 0) {
      derived.setResponseTimeoutMillis(TimeoutMode.SET_FROM_NOW, timeoutMillis - elapsed);
    }
    derived.logBuilder().serializationFormat(context.log().partial().serializationFormat());
    context.logBuilder().addChild(derived.log());
    Sent sent = new Sent(derived);
    running = sent;
    sent.start(client, next);
    return sent.head();
  }

  private ClientRequestContext derive(HttpRequest next, Endpoint peer) {
    LoopAdvice.hold(context.eventLoop().withoutContext());
    try {
      return context.newDerivedContext(context.id(), next, context.rpcRequest(), peer);
    } finally {
      LoopAdvice.released();
    }
  }

  /** The name keys the pool and makes a resolver needless. */
  private static Endpoint peer(Attempt attempt) {
    dev.weft.transport.Endpoint to = attempt.endpoint();
    return Endpoint.of(to.peerHost(), to.port()).withIpAddr(to.address().getHostAddress());
  }

  @Override
  public CompletionStage<HttpResponse> passThrough() {
    passing = true;
    Sent sent = new Sent(context);
    running = sent;
    PASSING.set(context);
    try {
      sent.start(client, request);
    } finally {
      PASSING.remove();
    }
    return sent.head().thenApply(Sent::response);
  }

  @Override
  public int status(HttpResponse passed) {
    return requireNonNull(running, "running").status();
  }

  @Override
  public OutboundResponse view(Sent head) {
    return head;
  }

  @Override
  public void discard(Sent head) {
    head.discard();
  }

  @Override
  public CompletionStage<HttpResponse> reply(LocalReply reply) {
    ResponseHeadersBuilder headers = ResponseHeaders.builder(HttpStatus.valueOf(reply.status()));
    ChangedResponse.apply(reply.headers(), headers);
    HttpResponse response = HttpResponse.of(headers.build(), HttpData.wrap(reply.body()));
    body.abort(AbortedStreamException.get());
    RequestLogBuilder log = context.logBuilder();
    log.endRequest();
    log.startResponse();
    log.responseHeaders(headers.build());
    response
        .whenComplete()
        .handle(
            (nothing, failure) -> {
              log.endResponse();
              return null;
            });
    return CompletableFuture.completedFuture(response);
  }

  @Override
  public CompletionStage<HttpResponse> deliver(
      Sent head, HeaderMutations headers, ResponseEnd end) {
    head.tell(end);
    context.logBuilder().endResponseWithLastChild();
    HttpResponse response = head.response();
    return CompletableFuture.completedFuture(
        headers.isEmpty() ? response : new ChangedResponse(response, headers));
  }

  @Override
  public void abort() {
    Sent sent = running;
    if (sent != null) {
      sent.abort();
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    boolean unprocessed = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return FailureKind.CONNECT;
      }
      if (cause instanceof RefusedStreamException) {
        return FailureKind.REFUSED_STREAM;
      }
      unprocessed |= cause instanceof UnprocessedRequestException;
    }
    FailureKind kind = FailureKind.of(failure);
    return kind == FailureKind.RESET && unprocessed ? FailureKind.RESET_BEFORE_REQUEST : kind;
  }
}
