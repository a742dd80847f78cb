package dev.weft.instrumentation.javahttpclient;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The response to one attempt, from the client's side of the body handler: says when the head is
 * there, and holds the body back until it is delivered or discarded.
 */
final class Head<T> extends OutboundResponse implements BodyHandler<T>, BodySubscriber<T> {

  /** How much of a discarded body is read to keep its connection; bytes. */
  private static final int DRAIN_LIMIT = 64 << 10;

  private final BodyHandler<T> handler;
  private final Binding binding;
  private final CompletableFuture<Head<T>> arrived = new CompletableFuture<>();
  private final CompletableFuture<HttpResponse<T>> answered = new CompletableFuture<>();
  private final CompletableFuture<T> body = new CompletableFuture<>();

  /** Signals to the application's subscriber come one at a time; an abort does not wait for it. */
  private final ReentrantLock signals = new ReentrantLock();

  private volatile @Nullable ResponseInfo info;
  private volatile @Nullable CompletableFuture<?> exchange;
  private volatile @Nullable Throwable aborted;
  private volatile @Nullable Subscription subscription;
  private @Nullable BodySubscriber<T> target;
  private @Nullable ResponseEnd end;
  private boolean discarded;
  private long drained;

  /** The client's end of the body, kept until there is a subscriber to tell. */
  private boolean completed;

  private @Nullable Throwable broken;
  private boolean over;

  Head(BodyHandler<T> handler, Binding binding) {
    this.handler = handler;
    this.binding = binding;
  }

  /** The client has taken the request. */
  void sent(CompletableFuture<HttpResponse<T>> response) {
    exchange = response;
    response.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            answered.complete(value);
            return;
          }
          Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
          arrived.completeExceptionally(cause == null ? failure : cause);
          answered.completeExceptionally(cause == null ? failure : cause);
        });
    if (aborted != null) {
      response.cancel(true);
    }
  }

  CompletionStage<Head<T>> arrived() {
    return arrived;
  }

  @Nullable HttpRequest redirect() {
    return binding.redirect();
  }

  @Override
  public int status() {
    return known().statusCode();
  }

  @Override
  public @Nullable String header(String name) {
    return HeaderLists.joined(known().headers(), name);
  }

  private ResponseInfo known() {
    ResponseInfo known = info;
    if (known == null) {
      throw new IllegalStateException("no head yet");
    }
    return known;
  }

  CompletionStage<HttpResponse<T>> deliver(
      HttpRequest request, HeaderMutations changes, ResponseEnd responseEnd) {
    ResponseInfo original = known();
    HttpHeaders headers =
        changes.isEmpty()
            ? original.headers()
            : new HeaderLists(original.headers()).apply(changes).toHttpHeaders();
    BodySubscriber<T> subscriber =
        handler.apply(new Info(original.statusCode(), headers, original.version()));
    subscriber
        .getBody()
        .whenComplete(
            (value, failure) -> {
              if (failure == null) {
                body.complete(value);
              } else {
                body.completeExceptionally(failure);
              }
            });
    signal(
        () -> {
          target = subscriber;
          end = responseEnd;
          start();
        });
    return answered.thenApply(response -> new MeshResponse<>(response, request, headers));
  }

  void discard() {
    signal(
        () -> {
          discarded = true;
          start();
        });
    body.cancel(false);
  }

  /** Ends the exchange wherever it is. Does not block. */
  void abort(Throwable failure) {
    aborted = failure;
    arrived.completeExceptionally(failure);
    CompletableFuture<?> running = exchange;
    if (running != null) {
      running.cancel(true);
    }
    Subscription flowing = subscription;
    if (flowing != null) {
      flowing.cancel();
    }
    deliverAbort();
  }

  // ---- the client's calls

  @Override
  public BodySubscriber<T> apply(ResponseInfo responseInfo) {
    info = responseInfo;
    arrived.complete(this);
    return this;
  }

  @Override
  public CompletionStage<T> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Subscription given) {
    signal(
        () -> {
          // Not earlier: a delivery that runs at this moment would start it as well.
          subscription = given;
          start();
        });
    if (aborted != null) {
      given.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    signal(
        () -> {
          if (target != null) {
            target.onNext(buffers);
          } else {
            drain(buffers);
          }
        });
  }

  @Override
  public void onError(Throwable failure) {
    signal(() -> fail(failure));
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    signal(
        () -> {
          completed = true;
          finish();
        });
  }

  // ---- under the lock

  private void signal(Runnable step) {
    signals.lock();
    try {
      if (!over) {
        step.run();
      }
    } finally {
      signals.unlock();
    }
    deliverAbort();
  }

  private void deliverAbort() {
    Throwable failure = aborted;
    if (failure == null || !signals.tryLock()) {
      // Whoever has the lock comes here after it.
      return;
    }
    try {
      if (!over) {
        fail(failure);
      }
    } finally {
      signals.unlock();
    }
  }

  private void fail(Throwable failure) {
    if (broken == null && !completed) {
      broken = failure;
    }
    finish();
  }

  /**
   * Passes the end of the body on, once. A body without bytes ends before anybody asks for it; one
   * that is already there ends while it is asked for.
   */
  private void finish() {
    BodySubscriber<T> subscriber = target;
    ResponseEnd told = end;
    if (over || subscriber == null || told == null) {
      return;
    }
    Throwable failure = broken;
    if (failure != null) {
      over = true;
      told.failed(failure);
      subscriber.onError(failure);
    } else if (completed) {
      over = true;
      told.completed();
      subscriber.onComplete();
    }
  }

  /** Lets the body flow when both of its ends are there. */
  private void start() {
    Subscription flowing = subscription;
    ResponseEnd told = end;
    if (flowing == null) {
      return;
    }
    if (target != null && told != null) {
      target.onSubscribe(new Telling(flowing, told));
      finish();
    } else if (discarded) {
      flowing.request(Long.MAX_VALUE);
    }
  }

  private void drain(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      drained += buffer.remaining();
    }
    Subscription flowing = subscription;
    if (drained > DRAIN_LIMIT && flowing != null) {
      over = true;
      flowing.cancel();
    }
  }

  /** Tells when the application cancels. */
  private static final class Telling implements Subscription {
    private final Subscription flowing;
    private final ResponseEnd end;

    Telling(Subscription flowing, ResponseEnd end) {
      this.flowing = flowing;
      this.end = end;
    }

    @Override
    public void request(long count) {
      flowing.request(count);
    }

    @Override
    public void cancel() {
      end.cancelled();
      flowing.cancel();
    }
  }
}
