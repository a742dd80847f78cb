package dev.weft.instrumentation.jettyclient9;

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
import dev.weft.transport.Endpoint;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.ContinueProtocolHandler;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpContentResponse;
import org.eclipse.jetty.client.HttpConversation;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.HttpExchange;
import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.HttpResponse;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.ProtocolHandler;
import org.eclipse.jetty.client.RedirectProtocolHandler;
import org.eclipse.jetty.client.ResponseNotifier;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.client.api.Response;
import org.eclipse.jetty.client.api.Response.ResponseListener;
import org.eclipse.jetty.client.api.Result;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * One request of the application, or one that the library makes of it (the next hop of a redirect,
 * the answer to a challenge). It stands in the conversation where the library's own exchange would,
 * so that the library finds whom to tell and what to abort; attempts are sent in its place, in
 * conversations of their own.
 */
final class JettyExchange extends HttpExchange implements AsyncExchange<JettyAttempt, Response> {

  /** Among the attributes of a request that is none of the mesh's. */
  private static final String PASSES = "dev.weft.passes";

  /** What the rest of an unwanted response may take before its connection is given up. */
  private static final long DRAIN_MILLIS = 100;

  private final HttpClient client;
  private final Destinations destinations;
  private final HttpRequest request;
  private final CallContext context;
  private final @Nullable AttemptBody body;
  private final ResponseNotifier notifier = new ResponseNotifier();
  private final long started = System.nanoTime();
  private volatile @Nullable JettyAttempt running;

  /** Null as long as this is under construction, when the library knows it already. */
  private volatile @Nullable CompletableFuture<Response> result;

  @SuppressWarnings("NullAway") // The destination is that of the attempts.
  private JettyExchange(
      Destinations destinations, HttpRequest request, List<ResponseListener> listeners) {
    super(null, request, listeners);
    this.client = destinations.client();
    this.destinations = destinations;
    this.request = request;
    this.body = AttemptBody.of(request);
    HttpExchange first = request.getConversation().getExchanges().peekFirst();
    // The library sends the next hop on a thread of its own.
    this.context =
        first instanceof JettyExchange && first != this
            ? ((JettyExchange) first).context
            : CallContext.current();
  }

  /** Sends {@code request} through the mesh, or says that it is none of the mesh's. */
  static boolean takeOver(
      HttpClient client,
      ConcurrentMap<Origin, HttpDestination> destinations,
      HttpRequest request,
      List<ResponseListener> listeners) {
    if (Mesh.outbound() == OutboundMesh.PASS_THROUGH
        || request.getClass() != HttpRequest.class
        || !"http".equalsIgnoreCase(request.getScheme())
        || request.getAttributes().containsKey(PASSES)
        || request.getAbortCause() != null
        || !Transports.areOfHttp1(client.getTransport().getClass())) {
      return false;
    }
    Origin origin = new Origin("http", request.getHost(), Math.max(request.getPort(), 80));
    if (client.getProxyConfiguration().match(origin) != null) {
      return false;
    }
    new JettyExchange(new Destinations(client, destinations), request, listeners).run();
    return true;
  }

  private void run() {
    CompletableFuture<Response> outcome = new CompletableFuture<>();
    outcome.whenComplete(
        (delivered, failure) -> {
          if (failure != null && !request.getAttributes().containsKey(PASSES)) {
            tellFailure(failure);
          }
        });
    result = outcome;
    CallContext before = context.attach();
    try {
      AsyncDriver.run(new RequestView(request, this::isReplayable), this, outcome);
    } finally {
      CallContext.restore(before);
    }
    Throwable early = request.getAbortCause();
    if (early != null) {
      abort(early);
    }
  }

  /** The application gave the request up. */
  @Override
  public boolean abort(Throwable cause) {
    CompletableFuture<Response> outcome = result;
    if (outcome == null) {
      return false;
    }
    JettyAttempt attempt = running;
    if (!outcome.completeExceptionally(cause) && attempt != null) {
      attempt.giveUp(cause);
    }
    return true;
  }

  private boolean isReplayable() {
    return body == null || body.isThere();
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
            begin(next, attempt);
          } else {
            // They share the body: one at a time.
            before.over().whenComplete((over, never) -> begin(next, attempt));
          }
        });
  }

  private void begin(JettyAttempt next, Attempt attempt) {
    try {
      next.send(copy(next.conversation(), attempt), attempt.endpoint().tls());
    } catch (Exception e) {
      next.failed(e);
    }
  }

  private Request copy(AttemptConversation conversation, Attempt attempt) throws TimeoutException {
    URI uri = request.getURI();
    boolean noUri = uri == null;
    if (noUri) {
      // OPTIONS *
      uri = URI.create(new Origin("http", request.getHost(), request.getPort()).asString());
    }
    AttemptRequest copy = new AttemptRequest(client, conversation, uri);
    String path = attempt.path();
    if (path != null || noUri) {
      copy.path(path != null ? path : request.getPath());
    }
    if (body != null) {
      body.addTo(copy);
    }
    copy.trailers(request.getTrailers())
        .method(request.getMethod())
        .version(request.getVersion())
        .followRedirects(request.isFollowRedirects())
        .idleTimeout(request.getIdleTimeout(), TimeUnit.MILLISECONDS)
        .timeout(remaining(), TimeUnit.MILLISECONDS)
        .tag(new MeshTag(destinations, attempt.endpoint(), request.getTag()));
    List<HttpField> headers = Fields.changed(request.getHeaders(), attempt.requestHeaders());
    String authority = attempt.authority();
    if (authority != null) {
      Fields.set(headers, "Host", authority);
    }
    Fields.replace(copy, headers);
    request.getCookies().forEach(copy::cookie);
    request.getAttributes().forEach(copy::attribute);
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
    CompletableFuture<Response> over = new CompletableFuture<>();
    request.getConversation().getExchanges().remove(this);
    request.attribute(PASSES, true);
    request.onComplete(
        ended -> {
          if (ended.isSucceeded()) {
            over.complete(ended.getResponse());
          } else {
            over.completeExceptionally(ended.getFailure());
          }
        });
    request.send(null);
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
        new HttpResponse(request, getResponseListeners())
            .version(request.getVersion())
            .status(reply.status())
            .reason(HttpStatus.getMessage(reply.status()));
    List<HttpField> fields = Fields.changed(Collections.emptyList(), reply.headers());
    Fields.set(fields, "Content-Length", String.valueOf(reply.body().length));
    Fields.replace(response, fields);
    ProtocolHandler handler = client.getProtocolHandlers().find(request, response);
    // A challenge of the mesh is none that the library could answer.
    ResponseListener handling =
        handler instanceof RedirectProtocolHandler ? handler.getResponseListener() : null;
    notifier.forwardSuccessComplete(
        listeners(handling), request, new HttpContentResponse(response, reply.body(), null, null));
    return CompletableFuture.completedFuture(response);
  }

  // ---- what the listeners hear

  /** Whom the library would tell, if {@code handler} takes care of the response. */
  List<ResponseListener> listeners(@Nullable ResponseListener handler) {
    HttpConversation conversation = request.getConversation();
    conversation.updateResponseListeners(handler);
    return conversation.getResponseListeners();
  }

  static boolean isOfContinue(@Nullable ResponseListener handler) {
    return handler != null
        && handler.getClass().getName().startsWith(ContinueProtocolHandler.class.getName());
  }

  /** All but its end, of which the library itself tells. */
  void tellHead(List<ResponseListener> listeners, Response response) {
    notifier.notifyBegin(listeners, response);
    Iterable<HttpField> fields = response.getHeaders();
    for (HttpField field : fields) {
      notifier.notifyHeader(listeners, response, field);
    }
  }

  void tellEnd(List<ResponseListener> listeners, Result ended) {
    if (body == null) {
      AttemptBody.copy(ended.getRequest(), request);
    } else if (ended.isFailed()) {
      body.fail(ended.getFailure());
    }
    notifier.notifyComplete(
        listeners,
        new Result(
            request, ended.getRequestFailure(), ended.getResponse(), ended.getResponseFailure()));
  }

  private void tellFailure(Throwable failure) {
    if (body != null) {
      body.fail(failure);
    }
    List<ResponseListener> listeners = listeners(null);
    notifier.notifyFailure(listeners, getResponse(), failure);
    notifier.notifyComplete(listeners, new Result(request, failure, getResponse(), failure));
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
