package dev.weft.instrumentation.javahttpclient;

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
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One request, or one hop of a redirect. */
final class ClientExchange<T> implements AsyncExchange<Head<T>, HttpResponse<T>> {

  private static final int MAX_REDIRECTS =
      Integer.getInteger("jdk.httpclient.redirects.retrylimit", 5);

  private final HttpClient client;
  private final HttpRequest request;
  private final BodyHandler<T> handler;
  private final @Nullable PushPromiseHandler<T> pushes;
  private final int hop;
  private volatile @Nullable Head<T> running;
  private volatile @Nullable CompletableFuture<HttpResponse<T>> following;

  private ClientExchange(
      HttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<T> pushes,
      int hop) {
    this.client = client;
    this.request = request;
    this.handler = handler;
    this.pushes = pushes;
    this.hop = hop;
  }

  /** Sends {@code request} through the mesh; null when it is none of the mesh's. */
  static <T> @Nullable CompletableFuture<HttpResponse<T>> takeOver(
      HttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<?> pushes) {
    boolean leaveAlone =
        Mesh.outbound() == OutboundMesh.PASS_THROUGH
            || request instanceof AttemptRequest
            || request.uri() == null
            || !"http".equalsIgnoreCase(request.uri().getScheme())
            || Binding.of(request) != null;
    if (leaveAlone) {
      return null;
    }
    // The client's own method ties the two type arguments together.
    @SuppressWarnings("unchecked")
    PushPromiseHandler<T> typed = (PushPromiseHandler<T>) pushes;
    return new ClientExchange<>(client, request, handler, typed, 0).run();
  }

  private CompletableFuture<HttpResponse<T>> run() {
    CompletableFuture<HttpResponse<T>> result = new CompletableFuture<>();
    AsyncDriver.run(new RequestView(request), this, result);
    return result;
  }

  @Override
  public CompletionStage<Head<T>> send(Attempt attempt) {
    Endpoint endpoint = attempt.endpoint();
    if (endpoint.tls() && Mesh.transport().client(endpoint.peerHost()) == null) {
      CompletableFuture<Head<T>> refused = new CompletableFuture<>();
      refused.completeExceptionally(
          new ConnectException("no certificate to reach " + endpoint.peerHost() + " with"));
      return refused;
    }
    AttemptRequest sent = AttemptRequest.of(request, attempt);
    Head<T> head = new Head<>(handler, sent.binding());
    running = head;
    head.sent(client.sendAsync(sent, head, pushes));
    return head.arrived();
  }

  @Override
  public CompletionStage<HttpResponse<T>> passThrough() {
    return client.sendAsync(AttemptRequest.passing(request), handler, pushes);
  }

  @Override
  public int status(HttpResponse<T> passed) {
    return passed.statusCode();
  }

  @Override
  public OutboundResponse view(Head<T> head) {
    return head;
  }

  @Override
  public void discard(Head<T> head) {
    head.discard();
  }

  @Override
  public CompletionStage<HttpResponse<T>> reply(LocalReply reply) {
    return LocalResponse.of(reply, request, handler);
  }

  @Override
  public CompletionStage<HttpResponse<T>> deliver(
      Head<T> head, HeaderMutations headers, ResponseEnd end) {
    HttpRequest next = head.redirect();
    if (next != null && hop + 1 < MAX_REDIRECTS) {
      head.discard();
      end.completed();
      CompletableFuture<HttpResponse<T>> followed =
          new ClientExchange<>(client, next, handler, pushes, hop + 1).run();
      following = followed;
      return followed;
    }
    return head.deliver(request, headers, end);
  }

  @Override
  public void abort() {
    Head<T> head = running;
    if (head != null) {
      head.abort(new IOException("ended by the mesh: its time was over, or the caller gave up"));
    }
    CompletableFuture<?> followed = following;
    if (followed != null) {
      followed.cancel(true);
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpConnectTimeoutException || cause instanceof SSLException) {
        return FailureKind.CONNECT;
      }
    }
    return FailureKind.of(failure);
  }
}
