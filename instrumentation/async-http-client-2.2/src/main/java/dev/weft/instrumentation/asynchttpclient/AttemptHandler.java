package dev.weft.instrumentation.asynchttpclient;

import static java.util.Objects.requireNonNull;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import dev.weft.transport.Endpoint;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.HttpResponseStatus;
import org.asynchttpclient.ListenableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Hears the response of one attempt. When its head is there, the driver decides, on the event loop
 * and before this goes on; then the rest goes to the application's handler, or nowhere.
 */
final class AttemptHandler<T> extends OutboundResponse implements AsyncHandler<T> {

  /** A discarded body of more bytes than this is not read; its connection is closed. */
  private static final int MAX_DRAIN = 64 * 1024;

  private final @Nullable Endpoint endpoint;
  private final Sending arrived = new Sending();
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private @Nullable Supplier<ListenableFuture<T>> sender;
  private volatile @Nullable ListenableFuture<T> sent;
  private volatile boolean aborted;
  private volatile boolean answered;

  // On the event loop, after the head.
  private @Nullable HttpResponseStatus status;
  private HttpHeaders headers = EmptyHttpHeaders.INSTANCE;
  private @Nullable AsyncHandler<T> application;
  private @Nullable ResponseEnd end;
  private boolean refused;

  /**
   * @param endpoint null for a request that goes where it would go without us
   */
  AttemptHandler(@Nullable Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Nullable Endpoint endpoint() {
    return endpoint;
  }

  /** Whether the client may still send again without anybody's notice. */
  boolean isUnanswered() {
    return !answered && !aborted;
  }

  /**
   * The head of the response to what {@code sender} sends. Nothing is sent before somebody waits
   * for it: the decision then is made where the head arrives, and no part of a body can overtake.
   */
  CompletionStage<AttemptHandler<T>> send(Supplier<ListenableFuture<T>> sender) {
    this.sender = sender;
    return arrived;
  }

  /** Sends at once, past the mesh, for {@code handler}. */
  CompletionStage<T> pass(AsyncHandler<T> handler, Supplier<ListenableFuture<T>> sender) {
    application = handler;
    this.sender = sender;
    start();
    return result;
  }

  private void start() {
    if (aborted) {
      onThrowable(new java.util.concurrent.CancellationException());
      return;
    }
    try {
      ListenableFuture<T> future = requireNonNull(sender).get();
      sent = future;
      if (aborted) {
        future.cancel(true);
      }
    } catch (RuntimeException | Error e) {
      onThrowable(e);
    }
  }

  void abort() {
    aborted = true;
    ListenableFuture<T> future = sent;
    if (future != null) {
      future.cancel(true);
    }
  }

  @Override
  public int status() {
    HttpResponseStatus known = status;
    return known == null ? 0 : known.getStatusCode();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = headers.getAll(name);
    return values.isEmpty() ? null : String.join(",", values);
  }

  /** From now on it all goes to {@code handler}, beginning with the head. */
  CompletionStage<T> deliver(AsyncHandler<T> handler, HeaderMutations changes, ResponseEnd end) {
    this.end = end;
    HttpHeaders changed = new DefaultHttpHeaders(false).add(headers);
    changes.apply(changed::remove, changed::set, changed::add);
    headers = changed;
    application = handler;
    return result;
  }

  /** Nobody wants the rest. */
  void discard() {
    String length = headers.get("content-length");
    try {
      refused = length == null || Long.parseLong(length) > MAX_DRAIN;
    } catch (NumberFormatException e) {
      refused = true;
    }
  }

  @Override
  public State onStatusReceived(HttpResponseStatus responseStatus) {
    status = responseStatus;
    return State.CONTINUE;
  }

  @Override
  public State onHeadersReceived(HttpHeaders responseHeaders) throws Exception {
    headers = responseHeaders;
    return arrive();
  }

  /** Lets the driver decide, and tells the application's handler what it may know. */
  private State arrive() throws Exception {
    if (answered) {
      return State.CONTINUE;
    }
    answered = true;
    arrived.complete(this);
    AsyncHandler<T> handler = application;
    if (handler == null) {
      return refused ? State.ABORT : State.CONTINUE;
    }
    State next = handler.onStatusReceived(requireNonNull(status));
    return told(
        next == State.ABORT || headers.isEmpty() ? next : handler.onHeadersReceived(headers));
  }

  private State told(State next) {
    refused |= next == State.ABORT;
    return next;
  }

  @Override
  public State onBodyPartReceived(HttpResponseBodyPart part) throws Exception {
    State next = arrive();
    AsyncHandler<T> handler = application;
    return next == State.ABORT || handler == null ? next : told(handler.onBodyPartReceived(part));
  }

  @Override
  public State onTrailingHeadersReceived(HttpHeaders trailers) throws Exception {
    State next = arrive();
    AsyncHandler<T> handler = application;
    return next == State.ABORT || handler == null
        ? next
        : told(handler.onTrailingHeadersReceived(trailers));
  }

  @Override
  public void onThrowable(Throwable failure) {
    arrived.completeExceptionally(failure);
    ResponseEnd over = end;
    if (over != null) {
      over.failed(failure);
    }
    result.completeExceptionally(failure);
  }

  // The client's futures hold null for a response that nobody wants.
  @SuppressWarnings("NullAway")
  @Override
  public T onCompleted() throws Exception {
    arrive();
    AsyncHandler<T> handler = application;
    if (handler == null) {
      return null;
    }
    ResponseEnd over = end;
    if (over != null && refused) {
      over.cancelled();
    } else if (over != null) {
      over.completed();
    }
    T value = handler.onCompleted();
    result.complete(value);
    return value;
  }

  /** Sends when somebody listens. */
  private final class Sending extends CompletableFuture<AttemptHandler<T>> {
    @Override
    public CompletableFuture<AttemptHandler<T>> whenComplete(
        BiConsumer<? super AttemptHandler<T>, ? super Throwable> action) {
      CompletableFuture<AttemptHandler<T>> next = super.whenComplete(action);
      start();
      return next;
    }
  }
}
