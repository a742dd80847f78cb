package dev.weft.instrumentation.jettyclient12;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import dev.weft.transport.Endpoint;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.eclipse.jetty.client.transport.HttpResponse;
import org.eclipse.jetty.client.transport.ResponseListeners;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.jspecify.annotations.Nullable;

/** One request, or one hop of a redirect. Attempts are requests of our own in its place. */
final class JettyExchange implements AsyncExchange<JettyAttempt, Response> {

  /** Among the attributes of a request: its exchange, and how many redirects led to it. */
  private static final String EXCHANGE = "dev.weft.exchange";

  private static final String REDIRECTS = "dev.weft.redirects";

  /** What the rest of an unwanted response may take before its connection is given up. */
  private static final long DRAIN_MILLIS = 100;

  private final HttpClient client;
  private final HttpRequest request;
  private final ResponseListeners listeners;
  private final CompletableFuture<Response> result = new CompletableFuture<>();
  private final long started = System.nanoTime();
  private volatile @Nullable JettyAttempt running;
  private volatile @Nullable Request following;
  private volatile boolean passes;
  private volatile Response.@Nullable CompleteListener passing;

  private JettyExchange(
      HttpClient client, HttpRequest request, Response.@Nullable CompleteListener listener) {
    this.client = client;
    this.request = request;
    this.listeners = new ResponseListeners(request.getResponseListeners());
    if (listener != null) {
      listeners.addCompleteListener(listener, true);
    }
  }

  /** Sends {@code request} through the mesh, or says that it is none of the mesh's. */
  static boolean takeOver(
      HttpClient client, HttpRequest request, Response.@Nullable CompleteListener listener) {
    if (Mesh.outbound() == OutboundMesh.PASS_THROUGH
        || !"http".equalsIgnoreCase(request.getScheme())
        || request.getTag() instanceof MeshTag
        || request.getAttributes().get(EXCHANGE) != null
        || request.getAbortCause() != null) {
      return false;
    }
    Origin origin = new Origin("http", request.getHost(), Math.max(request.getPort(), 80));
    if (client.getProxyConfiguration().match(origin) != null) {
      return false;
    }
    JettyExchange exchange = new JettyExchange(client, request, listener);
    request.attribute(EXCHANGE, exchange);
    exchange.run(listener);
    return true;
  }

  private void run(Response.@Nullable CompleteListener listener) {
    passing = listener;
    result.whenComplete(
        (delivered, failure) -> {
          if (failure != null && !passes) {
            tellFailure(failure);
          }
        });
    AsyncDriver.run(new RequestView(request, this::isReplayable), this, result);
  }

  /** The application gave {@code request} up. */
  static void aborted(HttpRequest request, Throwable cause) {
    Object exchange = request.getAttributes().get(EXCHANGE);
    if (exchange instanceof JettyExchange) {
      ((JettyExchange) exchange).giveUp(cause);
    }
  }

  private void giveUp(Throwable cause) {
    if (passes) {
      // The library sends the very request that is aborted.
      return;
    }
    JettyAttempt attempt = running;
    if (!result.completeExceptionally(cause) && attempt != null) {
      attempt.giveUp(cause);
    }
    Request next = following;
    if (next != null) {
      next.abort(cause);
    }
  }

  private boolean isReplayable() {
    Request.Content body = request.getBody();
    JettyAttempt attempt = running;
    return body == null
        || attempt == null
        || !attempt.isCommitted()
        || (attempt.isRequestOver() && body.rewind());
  }

  @Override
  public CompletionStage<JettyAttempt> send(Attempt attempt) {
    Endpoint endpoint = attempt.endpoint();
    JettyAttempt before = running;
    JettyAttempt next = new JettyAttempt(this);
    running = next;
    if (endpoint.tls() && Mesh.transport().client(endpoint.peerHost()) == null) {
      next.failed(new ConnectException("no certificate to reach " + endpoint.peerHost() + " with"));
      return next.onAwaited(() -> {});
    }
    return next.onAwaited(
        () -> {
          if (before == null) {
            begin(next, attempt, false);
          } else {
            // They share the body: one at a time.
            before.over().whenComplete((over, never) -> begin(next, attempt, true));
          }
        });
  }

  private void begin(JettyAttempt next, Attempt attempt, boolean again) {
    try {
      next.send(copy(attempt, again), attempt.endpoint().tls());
    } catch (Exception e) {
      next.failed(e);
    }
  }

  private Request copy(Attempt attempt, boolean again) throws TimeoutException {
    URI uri = request.getURI();
    Request copy =
        uri == null
            ? client.newRequest(request.getHost(), request.getPort()).path(request.getPath())
            : client.newRequest(uri);
    String path = attempt.path();
    if (path != null) {
      copy.path(path);
    }
    Request.Content body = request.getBody();
    if (body != null) {
      if (again) {
        body.rewind();
      }
      copy.body(new AttemptBody(body));
    }
    String authority = attempt.authority();
    copy.method(request.getMethod())
        .version(request.getVersion())
        .followRedirects(false)
        .idleTimeout(request.getIdleTimeout(), TimeUnit.MILLISECONDS)
        .timeout(remaining(), TimeUnit.MILLISECONDS)
        .trailersSupplier(request.getTrailersSupplier())
        .tag(new MeshTag(client, attempt.endpoint(), request.getTag()))
        .headers(
            fields -> {
              fields.clear();
              fields.add(request.getHeaders());
              if (authority != null) {
                fields.put(HttpHeader.HOST, authority);
              }
              attempt
                  .requestHeaders()
                  .apply(
                      name -> fields.remove(name),
                      (name, value) -> fields.put(name, value),
                      (name, value) -> fields.add(name, value));
            });
    request.getCookies().forEach(copy::cookie);
    copyAttributes(copy);
    return copy;
  }

  /** What is left of the time that the application gave the request; milliseconds, 0 for ever. */
  private long remaining() throws TimeoutException {
    long all = request.getTimeout();
    if (all <= 0) {
      return 0;
    }
    long left = all - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    if (left <= 0) {
      throw new TimeoutException("Total timeout " + all + " ms elapsed");
    }
    return left;
  }

  @Override
  public CompletionStage<Response> passThrough() {
    passes = true;
    CompletableFuture<Response> over = new CompletableFuture<>();
    request.onComplete(
        ended -> {
          if (ended.isSucceeded()) {
            over.complete(ended.getResponse());
          } else {
            over.completeExceptionally(ended.getFailure());
          }
        });
    request.send(passing);
    return over;
  }

  @Override
  public int status(Response passed) {
    return passed.getStatus();
  }

  @Override
  public OutboundResponse view(JettyAttempt head) {
    return RequestView.of(head.response());
  }

  @Override
  public void discard(JettyAttempt head) {
    // What is not delivered is read away, here for a while only.
    Future<?> tooLong =
        Mesh.timer()
            .schedule(
                () -> head.abort(new InterruptedIOException("not wanted any more")),
                DRAIN_MILLIS,
                TimeUnit.MILLISECONDS);
    head.over().whenComplete((over, never) -> tooLong.cancel(false));
  }

  @Override
  public CompletionStage<Response> deliver(
      JettyAttempt head, HeaderMutations headers, ResponseEnd end) {
    head.deliver(headers, end);
    return CompletableFuture.completedFuture(head.response());
  }

  @Override
  public CompletionStage<Response> reply(LocalReply reply) {
    HttpResponse response =
        new HttpResponse(request).version(request.getVersion()).status(reply.status());
    response.headers(
        fields -> {
          fields.put(HttpHeader.CONTENT_LENGTH, reply.body().length);
          reply
              .headers()
              .apply(
                  name -> fields.remove(name),
                  (name, value) -> fields.put(name, value),
                  (name, value) -> fields.add(name, value));
        });
    if (isRedirect(response)) {
      tellEnd(new Result(request, response));
    } else {
      tellHead(response);
      if (reply.body().length > 0) {
        tellContent(response, new ByteBufferContentSource(ByteBuffer.wrap(reply.body())));
      }
      tellEnd(new Result(request, response));
    }
    return CompletableFuture.completedFuture(response);
  }

  // ---- what the listeners of the application hear

  void tellHead(Response response) {
    listeners.notifyBegin(response);
    for (HttpField field : response.getHeaders()) {
      listeners.notifyHeader(response, field);
    }
    listeners.notifyHeaders(response);
  }

  void tellContent(Response response, Content.Source source) {
    listeners.notifyContentSource(response, source);
  }

  void tellEnd(Result ended) {
    Response response = ended.getResponse();
    if (ended.isFailed()) {
      listeners.notifyFailure(response, ended.getFailure());
    } else if (isRedirect(response)) {
      follow(response);
      return;
    } else {
      listeners.notifySuccess(response);
    }
    listeners.notifyComplete(
        new Result(request, ended.getRequestFailure(), response, ended.getResponseFailure()));
  }

  private void tellFailure(Throwable failure) {
    HttpResponse none = new HttpResponse(request);
    Request.Content body = request.getBody();
    if (body != null) {
      body.fail(failure);
    }
    listeners.notifyFailure(none, failure);
    listeners.notifyComplete(new Result(request, failure, none, failure));
  }

  // ---- redirects, which the library would follow to the endpoint of the first hop

  boolean isRedirect(Response response) {
    switch (response.getStatus()) {
      case 301:
      case 302:
      case 303:
      case 307:
      case 308:
        return request.isFollowRedirects() && response.getHeaders().contains(HttpHeader.LOCATION);
      default:
        return false;
    }
  }

  private void follow(Response response) {
    try {
      Object before = request.getAttributes().get(REDIRECTS);
      int count = before instanceof Integer ? (Integer) before : 0;
      if (client.getMaxRedirects() >= 0 && count >= client.getMaxRedirects()) {
        throw new HttpResponseException("Max redirects exceeded " + count, response);
      }
      Request next = nextHop(response);
      next.attribute(REDIRECTS, count + 1);
      following = next;
      next.send(new Forwarding(listeners));
    } catch (Exception e) {
      tellFailure(e);
    }
  }

  private Request nextHop(Response response) throws TimeoutException {
    int status = response.getStatus();
    String method = request.getMethod();
    boolean becomesGet = status == 303 ? !method.equals("HEAD") : status < 303 && isPost(method);
    Request next =
        client
            .newRequest(request.getURI().resolve(response.getHeaders().get(HttpHeader.LOCATION)))
            .method(becomesGet ? "GET" : method)
            .version(request.getVersion())
            .idleTimeout(request.getIdleTimeout(), TimeUnit.MILLISECONDS)
            .timeout(remaining(), TimeUnit.MILLISECONDS)
            .tag(request.getTag());
    next.headers(
        fields -> {
          fields.clear();
          fields.add(request.getHeaders());
          // Those that belong to the target of before.
          fields.remove(HttpHeader.HOST);
          fields.remove(HttpHeader.EXPECT);
          fields.remove(HttpHeader.COOKIE);
          fields.remove(HttpHeader.AUTHORIZATION);
          fields.remove(HttpHeader.PROXY_AUTHORIZATION);
          if (becomesGet) {
            fields.remove(HttpHeader.CONTENT_LENGTH);
            fields.remove(HttpHeader.CONTENT_TYPE);
          }
        });
    Request.Content body = request.getBody();
    if (!becomesGet && body != null) {
      if (!body.rewind()) {
        throw new HttpResponseException("The body cannot be sent again", response);
      }
      next.body(body);
    }
    copyAttributes(next);
    return next;
  }

  private void copyAttributes(Request to) {
    request
        .getAttributes()
        .forEach(
            (name, value) -> {
              if (!name.equals(EXCHANGE)) {
                to.attribute(name, value);
              }
            });
  }

  private static boolean isPost(String method) {
    return !method.equals("GET") && !method.equals("HEAD");
  }

  @Override
  public void abort() {
    JettyAttempt attempt = running;
    if (attempt != null) {
      attempt.abort(new InterruptedIOException("ended by the mesh: its time was over"));
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    JettyAttempt attempt = running;
    if (attempt != null && !attempt.isCommitted()) {
      return FailureKind.CONNECT;
    }
    // An alert of TLS 1.3 may come after the request.
    return FailureKind.ofSecured(failure);
  }
}
