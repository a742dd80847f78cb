package dev.weft.instrumentation.asynchttpclient;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import dev.weft.transport.Endpoint;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.AsyncHttpClientConfig;
import org.asynchttpclient.ListenableFuture;
import org.asynchttpclient.Request;
import org.asynchttpclient.handler.MaxRedirectException;
import org.asynchttpclient.handler.ProgressAsyncHandler;
import org.asynchttpclient.netty.EagerResponseBodyPart;
import org.asynchttpclient.netty.NettyResponseStatus;
import org.asynchttpclient.netty.request.NettyRequestSender;
import org.asynchttpclient.util.HttpUtils;
import org.asynchttpclient.util.ProxyUtils;
import org.jspecify.annotations.Nullable;

/** One request, or one hop of a redirect. */
final class ClientExchange<T> implements AsyncExchange<AttemptHandler<T>, T> {

  private final NettyRequestSender sender;
  private final AsyncHttpClientConfig config;
  private final Request request;
  private final AsyncHandler<T> application;
  private final int hop;
  private volatile @Nullable AttemptHandler<T> running;
  private volatile @Nullable CompletableFuture<T> following;

  private ClientExchange(
      NettyRequestSender sender,
      AsyncHttpClientConfig config,
      Request request,
      AsyncHandler<T> application,
      int hop) {
    this.sender = sender;
    this.config = config;
    this.request = request;
    this.application = application;
    this.hop = hop;
  }

  /** Sends {@code request} through the mesh; null when it is none of the mesh's. */
  static <T> @Nullable ListenableFuture<T> takeOver(
      NettyRequestSender sender,
      AsyncHttpClientConfig config,
      Request request,
      AsyncHandler<T> handler) {
    if (Mesh.outbound() == OutboundMesh.PASS_THROUGH
        || handler instanceof AttemptHandler
        || isStreamed(handler.getClass())
        || handler instanceof ProgressAsyncHandler
        || !"http".equalsIgnoreCase(request.getUri().getScheme())
        || Endpoint.isSynthetic(request.getUri().getHost())
        || ProxyUtils.getProxyServer(config, request) != null) {
      return null;
    }
    CompletableFuture<T> result = new ClientExchange<>(sender, config, request, handler, 0).run();
    result.whenComplete(
        (value, failure) -> {
          if (failure != null) {
            handler.onThrowable(failure);
          }
        });
    return new MeshFuture<>(result);
  }

  /** Whether it is a StreamedAsyncHandler, by name: version 3 has none. */
  private static boolean isStreamed(Class<?> handler) {
    for (Class<?> type = handler; type != null; type = type.getSuperclass()) {
      for (Class<?> implemented : type.getInterfaces()) {
        if (implemented.getSimpleName().equals("StreamedAsyncHandler") || isStreamed(implemented)) {
          return true;
        }
      }
    }
    return false;
  }

  private CompletableFuture<T> run() {
    CompletableFuture<T> result = new CompletableFuture<>();
    AsyncDriver.run(new RequestView(request), this, result);
    return result;
  }

  @Override
  public CompletionStage<AttemptHandler<T>> send(Attempt attempt) {
    AttemptHandler<T> handler = new AttemptHandler<>(attempt.endpoint());
    running = handler;
    Request changed = ChangedRequest.of(request, attempt);
    return handler.send(() -> sender.sendRequest(changed, handler, null));
  }

  @Override
  public CompletionStage<T> passThrough() {
    AttemptHandler<T> handler = new AttemptHandler<>(null);
    running = handler;
    return handler.pass(application, () -> sender.sendRequest(request, handler, null));
  }

  @Override
  public int status(T passed) {
    AttemptHandler<T> handler = running;
    return handler == null ? 0 : handler.status();
  }

  @Override
  public OutboundResponse view(AttemptHandler<T> head) {
    return head;
  }

  @Override
  public void discard(AttemptHandler<T> head) {
    head.discard();
  }

  @Override
  public CompletionStage<T> deliver(
      AttemptHandler<T> head, HeaderMutations headers, ResponseEnd end) {
    String location = head.header("location");
    if (location == null || !redirects(head.status())) {
      return head.deliver(application, headers, end);
    }
    head.discard();
    end.completed();
    if (hop + 1 >= config.getMaxRedirects()) {
      CompletableFuture<T> tooMany = new CompletableFuture<>();
      tooMany.completeExceptionally(
          new MaxRedirectException("Maximum redirect reached: " + config.getMaxRedirects()));
      return tooMany;
    }
    Request next = ChangedRequest.redirected(request, config, head.status(), location);
    CompletableFuture<T> followed =
        new ClientExchange<>(sender, config, next, application, hop + 1).run();
    following = followed;
    return followed;
  }

  private boolean redirects(int status) {
    return (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
        && HttpUtils.followRedirect(config, request);
  }

  @Override
  public CompletionStage<T> reply(LocalReply reply) {
    CompletableFuture<T> result = new CompletableFuture<>();
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()));
    HttpHeaders headers = response.headers();
    reply.headers().apply(headers::remove, headers::set, headers::add);
    headers.set("content-length", Integer.toString(reply.body().length));
    try {
      boolean goOn =
          application.onStatusReceived(new NettyResponseStatus(request.getUri(), response, null))
                  == AsyncHandler.State.CONTINUE
              && application.onHeadersReceived(headers) == AsyncHandler.State.CONTINUE;
      if (goOn) {
        application.onBodyPartReceived(
            new EagerResponseBodyPart(Unpooled.wrappedBuffer(reply.body()), true));
      }
      result.complete(application.onCompleted());
    } catch (Exception e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  @Override
  public void abort() {
    AttemptHandler<T> handler = running;
    if (handler != null) {
      handler.abort();
    }
    CompletableFuture<?> followed = following;
    if (followed != null) {
      followed.cancel(true);
    }
  }
}
