package dev.weft.instrumentation.vertx;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.OutboundMesh;
import dev.weft.transport.Endpoint;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.http.impl.HttpClientImpl;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that has no connection until its head is written: what {@link RequestCalls} does for
 * the application.
 */
final class MeshRequest {

  private final HttpClientImpl client;
  private final HttpClientOptions settings;
  private final Context context;
  private final Head head;
  private final RequestBody body;
  private final Promise<HttpClientResponse> response;
  private final CompletableFuture<HttpClientResponse> result = new CompletableFuture<>();
  private final VertxExchange exchange = new VertxExchange(this);
  private final CallContext callContext = CallContext.current();
  private final RequestCalls calls;
  private volatile @Nullable HttpClientRequest own;
  private volatile @Nullable Handler<Throwable> exceptionHandler;
  private volatile @Nullable Function<HttpClientResponse, Future<HttpClientRequest>> redirects;

  /** What sends the body in place of {@link #body}: a form, say. */
  private volatile @Nullable Handler<HttpClientRequest> sender;

  MeshRequest(HttpClientImpl client, HttpClientOptions settings, Context context, Head head) {
    this.client = client;
    this.settings = settings;
    this.context = context;
    this.head = head;
    this.body = new RequestBody(promise());
    this.response = promise();
    this.calls = new RequestCalls(this);
  }

  /** A request of ours in place of the library's; null when it is none of the mesh's. */
  static @Nullable Future<HttpClientRequest> takeOver(
      HttpClientImpl client,
      Object vertx,
      HttpClientOptions settings,
      @Nullable RequestOptions options) {
    if (Mesh.outbound() == OutboundMesh.PASS_THROUGH
        || options == null
        || options instanceof Sending.Marked
        || settings.getProxyOptions() != null) {
      return null;
    }
    Boolean ssl = options.isSsl();
    Object server = Members.server(options);
    boolean leaveAlone =
        (ssl != null ? ssl : settings.isSsl())
            || options.getMethod() == null
            || options.getURI() == null
            || HttpMethod.CONNECT.equals(options.getMethod())
            || Members.hasProxy(options)
            || (server != null && !isInternet(server));
    if (leaveAlone) {
      return null;
    }
    SocketAddress address = (SocketAddress) server;
    String host = options.getHost();
    Integer port = options.getPort();
    if (host == null) {
      host = address != null ? address.host() : settings.getDefaultHost();
    }
    if (port == null) {
      port = address != null ? address.port() : settings.getDefaultPort();
    }
    Settings.remember(client, settings);
    Context context = ((Vertx) vertx).getOrCreateContext();
    Head head = new Head(settings, options, host, port);
    MeshRequest made = new MeshRequest(client, settings, context, head);
    Promise<HttpClientRequest> promise = made.promise();
    promise.complete(made.calls.shown());
    return promise.future();
  }

  /** Whether it is an address that the mesh could replace, and has not replaced yet. */
  private static boolean isInternet(Object server) {
    return server instanceof SocketAddress
        && ((SocketAddress) server).isInetSocket()
        && !Endpoint.isSynthetic(((SocketAddress) server).host());
  }

  HttpClientImpl client() {
    return client;
  }

  HttpClientOptions settings() {
    return settings;
  }

  Context context() {
    return context;
  }

  Head head() {
    return head;
  }

  RequestBody body() {
    return body;
  }

  <T> Promise<T> promise() {
    return Members.promise(context);
  }

  Future<HttpClientResponse> response() {
    return response.future();
  }

  /** The library's request that was or is being sent; null before there is one. */
  @Nullable HttpClientRequest own() {
    return own;
  }

  /** The application's view of this request. */
  HttpClientRequest shown() {
    return calls.shown();
  }

  void onContext(Runnable task) {
    if (Vertx.currentContext() == context) {
      task.run();
    } else {
      context.runOnContext(nothing -> task.run());
    }
  }

  Future<Void> write(@Nullable Buffer data, boolean last) {
    if (data != null
        && !last
        && !head.chunked
        && !head.headers.contains(HttpHeaders.CONTENT_LENGTH)) {
      throw new IllegalStateException(
          "You must set the Content-Length header to be the total size of the message body BEFORE"
              + " sending any data if you are not using HTTP chunked encoding.");
    }
    Promise<Void> written = promise();
    if (body.add(data, last, written)) {
      run();
    } else {
      onContext(body::flush);
    }
    return written.future();
  }

  /**
   * Sends the request by one call of the application on the library's own request.
   *
   * @param direct whether the mesh has no say in it
   */
  Future<HttpClientResponse> sendBy(Handler<HttpClientRequest> call, boolean direct) {
    sender = call;
    if (!body.add(null, false, promise())) {
      throw new IllegalStateException("Request already complete");
    }
    body.once();
    if (direct) {
      settle(exchange.passThrough());
    } else {
      run();
    }
    return response.future();
  }

  private void run() {
    settle(result);
    CallContext before = callContext.attach();
    try {
      AsyncDriver.run(new RequestView(head, body), exchange, result);
    } finally {
      CallContext.restore(before);
    }
  }

  private void settle(CompletionStage<HttpClientResponse> stage) {
    stage.whenComplete(
        (value, failure) -> {
          if (failure != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
            fail(cause != null ? cause : failure);
            return;
          }
          if (value instanceof LocalResponse) {
            body.giveUp(null);
          }
          response.tryComplete(value);
          if (value instanceof LocalResponse) {
            ((LocalResponse) value).start();
          }
        });
  }

  private void fail(Throwable why) {
    boolean unfinished = !body.isComplete();
    body.giveUp(why);
    response.tryFail(why);
    if (unfinished) {
      tell(why);
    }
  }

  /** An attempt's request of the library is there: sends what there is to send. */
  void begin(HttpClientRequest request) {
    own = request;
    Handler<HttpClientRequest> call = sender;
    if (call != null) {
      call.handle(request);
    } else {
      body.to(request);
      body.flush();
    }
  }

  void onException(Throwable failure) {
    // Before the head the driver decides what comes of it.
    if (result.isDone() && !body.isComplete()) {
      tell(failure);
    }
  }

  private void tell(Throwable failure) {
    Handler<Throwable> handler = exceptionHandler;
    if (handler != null) {
      onContext(() -> handler.handle(failure));
    }
  }

  void onException(@Nullable Handler<Throwable> handler) {
    exceptionHandler = handler;
  }

  void onRedirect(@Nullable Function<HttpClientResponse, Future<HttpClientRequest>> handler) {
    redirects = handler;
  }

  /** The application gives up; returns whether there was something to give up. */
  boolean reset(long code, @Nullable Throwable cause) {
    StreamResetException why =
        cause == null ? new StreamResetException(code) : new StreamResetException(code, cause);
    boolean first = result.completeExceptionally(why);
    if (first) {
      fail(why);
    } else {
      exchange.cancel();
    }
    return first;
  }

  /** The request that {@code from} redirects to; null where it is not to be followed. */
  @Nullable Future<HttpClientRequest> redirect(HttpClientResponse from) {
    int status = from.statusCode();
    if (!head.follows || head.redirects <= 0 || status < 300 || status >= 400) {
      return null;
    }
    Function<HttpClientResponse, Future<HttpClientRequest>> handler = redirects;
    if (handler != null) {
      return handler.apply(from);
    }
    Future<RequestOptions> options = client.redirectHandler().apply(from);
    return options == null ? null : options.compose(client::request);
  }

  /** What the application gets in the end of a request that it was redirected to. */
  CompletionStage<HttpClientResponse> follow(Future<HttpClientRequest> next) {
    CompletableFuture<HttpClientResponse> followed = new CompletableFuture<>();
    next.onComplete(
        made -> {
          if (made.failed()) {
            followed.completeExceptionally(made.cause());
          } else {
            goOn(made.result(), followed);
          }
        });
    return followed;
  }

  private void goOn(HttpClientRequest next, CompletableFuture<HttpClientResponse> followed) {
    next.response()
        .onComplete(
            answer -> {
              if (answer.succeeded()) {
                followed.complete(answer.result());
              } else {
                followed.completeExceptionally(answer.cause());
              }
            });
    next.setFollowRedirects(true);
    next.setMaxRedirects(head.redirects - 1);
    if (next.headers().isEmpty()) {
      // As Vert.x 4.0 does it; later versions put them into the options.
      next.headers().addAll(head.headers).remove(HttpHeaders.CONTENT_LENGTH);
    }
    body.ended()
        .onComplete(
            ended -> {
              if (ended.succeeded()) {
                next.end();
              } else {
                Members.reset(next, 0);
              }
            });
  }
}
