package dev.weft.instrumentation.reactornetty;

import static java.util.Objects.requireNonNull;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.instrumentation.Answer;
import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientResponse;
import reactor.util.context.Context;

/** One request of one subscriber, up to the connection that has the head of its response. */
final class ConnectExchange implements AsyncExchange<Connection, Connection> {

  private final Mono<Connection> connect;
  private final boolean hasBody;
  private final Context context;
  private volatile @Nullable Head running;
  private volatile @Nullable Sending sending;
  private volatile boolean sent;

  private ConnectExchange(Mono<Connection> connect, boolean hasBody, Context context) {
    this.connect = connect;
    this.hasBody = hasBody;
    this.context = context;
  }

  /** Whether the mesh sends it; not when an outer adapter decided, or it is none of the mesh's. */
  static boolean takeOver(
      Mono<Connection> connect,
      HttpClientConfig config,
      CoreSubscriber<? super Connection> actual) {
    boolean leaveAlone =
        Mesh.outbound() == OutboundMesh.PASS_THROUGH
            || actual.currentContext().hasKey(Attempt.KEY)
            || config.websocketClientSpec() != null
            || config.hasProxy();
    URI uri = leaveAlone ? null : RequestView.uri(config);
    if (uri == null) {
      return false;
    }
    Object carried = actual.currentContext().getOrDefault(CallContext.KEY, null);
    CallContext caller =
        carried instanceof CallContext ? (CallContext) carried : CallContext.current();
    boolean hasBody = Internals.hasBody(config);
    ConnectExchange exchange = new ConnectExchange(connect, hasBody, actual.currentContext());
    Answer<Connection> answer =
        new Answer<>(
            actual::onNext, actual::onComplete, actual::onError, caller, exchange::abandon);
    actual.onSubscribe(
        new Subscription() {
          @Override
          public void request(long count) {
            answer.request();
          }

          @Override
          public void cancel() {
            answer.cancel();
          }
        });
    CallContext before = caller.attach();
    try {
      RequestView view = new RequestView(config, uri, exchange::isReplayable);
      AsyncDriver.run(view, exchange, answer.future());
    } finally {
      CallContext.restore(before);
    }
    return true;
  }

  private boolean isSent() {
    Sending last = sending;
    return sent || (last != null && last.isPrepared());
  }

  private boolean isReplayable() {
    return !hasBody || !isSent();
  }

  @Override
  public CompletionStage<Connection> send(Attempt attempt) {
    sent = isSent();
    Sending next = new Sending(attempt, hasBody, context);
    sending = next;
    return subscribe(next.currentContext());
  }

  @Override
  public CompletionStage<Connection> passThrough() {
    return subscribe(context.put(Attempt.KEY, Optional.empty()));
  }

  private CompletionStage<Connection> subscribe(Context with) {
    Head head = new Head(with);
    running = head;
    connect.subscribe(head);
    return head.arrived();
  }

  @Override
  public OutboundResponse view(Connection head) {
    return Head.view(head);
  }

  @Override
  public int status(Connection passed) {
    return ((HttpClientResponse) passed).status().code();
  }

  @Override
  public void discard(Connection head) {
    Head.discard(head);
  }

  @Override
  public CompletionStage<Connection> reply(LocalReply reply) {
    CompletableFuture<Connection> refused = new CompletableFuture<>();
    refused.completeExceptionally(
        new IOException(
            "answered by the mesh with " + reply.status() + " (" + reply.flag() + "), not sent"));
    return refused;
  }

  @Override
  public CompletionStage<Connection> deliver(
      Connection head, HeaderMutations headers, ResponseEnd end) {
    Sending.apply(headers, ((HttpClientResponse) head).responseHeaders());
    requireNonNull(sending, "sending").delivered(end);
    return CompletableFuture.completedFuture(head);
  }

  @Override
  public void abort() {
    Head head = running;
    if (head != null) {
      head.abort(new IOException("ended by the mesh: its time was over, or the caller gave up"));
    }
  }

  /** The subscriber cancelled after it got the connection. */
  private void abandon() {
    Sending last = sending;
    if (last != null) {
      last.abandoned();
    }
    Head head = running;
    if (head != null) {
      head.cancel();
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    Sending last = sending;
    FailureKind kind = FailureKind.ofSecured(failure);
    return kind == FailureKind.RESET && last != null && !last.isPrepared()
        ? FailureKind.RESET_BEFORE_REQUEST
        : kind;
  }
}
