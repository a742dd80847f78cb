package dev.weft.instrumentation.grpc;

import static java.util.Objects.requireNonNull;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of the application. What it does is done on the call that is sent at the time, and kept
 * to be done again on the next one as long as it may be sent again: until the response begins, or
 * more was sent than is kept.
 */
final class MeshClientCall<Q, R> extends ClientCall<Q, R>
    implements AsyncExchange<AttemptCall<Q, R>, AttemptCall<Q, R>> {

  static final long MAX_REPLAY_BYTES = 64 << 10;

  private static final String NOWHERE = "answered by the mesh";

  private final Channel channel;
  private final MethodDescriptor<Q, R> method;
  private final CallOptions options;
  private final String authority;
  private final int port;
  private final Context context = Context.current();
  private final CompletableFuture<AttemptCall<Q, R>> result = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong sent = new AtomicLong();

  private final Object lock = new Object();

  /** What the application did so far; null when it need not be done again. Under the lock. */
  private @Nullable List<Consumer<ClientCall<Q, R>>> done = new ArrayList<>(4);

  /** Whether all of it was done on {@link #current}, and the rest goes there. Under the lock. */
  private boolean live;

  /** Whether what was done need not be kept once it is live. Under the lock. */
  private boolean committed;

  private volatile @Nullable AttemptCall<Q, R> current;
  private volatile @Nullable Listener<R> listener;
  private volatile boolean cancelled;
  private volatile String cancelText = "cancelled by the application";
  private volatile @Nullable Throwable cancelCause;
  private @Nullable Metadata headers;
  private volatile @Nullable Runnable stopWaiting;

  MeshClientCall(
      Channel channel,
      MethodDescriptor<Q, R> method,
      CallOptions options,
      String authority,
      int port) {
    this.channel = channel;
    this.method = method;
    this.options = options;
    this.authority = authority;
    this.port = port;
  }

  // ---- what the application does

  @Override
  public void start(Listener<R> responses, Metadata metadata) {
    if (listener != null || cancelled) {
      throw new IllegalStateException(cancelled ? "call was cancelled" : "Already started");
    }
    headers = metadata;
    listener = responses;
    result.whenComplete((end, failure) -> onResult(failure));
    AsyncDriver.run(
        new CallView(this, authority, port, method.getFullMethodName(), metadata), this, result);
    if (current == null && !closed.get()) {
      watchWhileNothingIsSent();
    }
  }

  @Override
  public void request(int count) {
    perform(call -> call.request(count));
  }

  @Override
  public void sendMessage(Q message) {
    sent.incrementAndGet();
    perform(call -> call.sendMessage(message));
  }

  @Override
  public void halfClose() {
    perform(ClientCall::halfClose);
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    perform(call -> call.setMessageCompression(enabled));
  }

  @Override
  public boolean isReady() {
    AttemptCall<Q, R> attempt = current;
    return attempt != null && attempt.isReady();
  }

  @Override
  public Attributes getAttributes() {
    AttemptCall<Q, R> attempt = current;
    return attempt == null ? Attributes.EMPTY : attempt.call().getAttributes();
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    if (cancelled) {
      return;
    }
    cancelText = message == null ? cancelText : message;
    cancelCause = cause;
    cancelled = true;
    if (listener == null) {
      return;
    }
    // The mesh first: that the call breaks is nobody's failure.
    boolean undelivered = result.cancel(false);
    AttemptCall<Q, R> attempt = current;
    if (attempt != null) {
      attempt.abort(cancelText, cause);
    }
    if (undelivered) {
      closeLater(Status.CANCELLED.withDescription(cancelText).withCause(cause), new Metadata());
    }
  }

  /** Ends the call by what the application's own credentials say: nobody's failure either. */
  void refused(Status status, Metadata trailers) {
    cancelled = true;
    result.cancel(false);
    close(status, trailers);
  }

  private void perform(Consumer<ClientCall<Q, R>> operation) {
    AttemptCall<Q, R> attempt;
    synchronized (lock) {
      if (listener == null) {
        throw new IllegalStateException("Not started");
      }
      if (closed.get() || cancelled) {
        return;
      }
      if (done != null) {
        done.add(operation);
      }
      attempt = live ? current : null;
    }
    if (attempt != null) {
      attempt.perform(operation);
    }
  }

  /** Does on {@code attempt} what was done before; from the end of it on the application does. */
  void drain(AttemptCall<Q, R> attempt) {
    int next = 0;
    while (true) {
      Consumer<ClientCall<Q, R>> operation;
      synchronized (lock) {
        if (current != attempt || done == null) {
          return;
        }
        if (next == done.size()) {
          live = true;
          if (committed) {
            done = null;
          }
          return;
        }
        operation = done.get(next++);
      }
      attempt.perform(operation);
    }
  }

  private void commit() {
    synchronized (lock) {
      committed = true;
      if (live) {
        done = null;
      }
    }
  }

  void tooMuch(AttemptCall<Q, R> attempt) {
    if (current == attempt) {
      commit();
    }
  }

  boolean isReplayable() {
    synchronized (lock) {
      return !committed;
    }
  }

  /** How many messages the application sent. */
  long sent() {
    return sent.get();
  }

  // ---- what the driver asks for

  @Override
  public CompletionStage<AttemptCall<Q, R>> send(Attempt attempt) {
    CallOptions to =
        options.withOption(
            Destination.KEY, new Destination(attempt.endpoint(), attempt.connectTimeoutNanos()));
    if (attempt.authority() != null) {
      to = to.withAuthority(attempt.authority());
    }
    if (attempt.timeoutNanos() > 0) {
      Deadline limit = Deadline.after(attempt.timeoutNanos(), TimeUnit.NANOSECONDS);
      Deadline own = options.getDeadline();
      // The server is told of it.
      to = own == null || limit.isBefore(own) ? to.withDeadline(limit) : to;
    }
    Metadata changed = Headers.copy(requireNonNull(headers));
    Headers.apply(attempt.requestHeaders(), changed);
    String path = attempt.path();
    return open(
        path == null ? method : method.toBuilder().setFullMethodName(path.substring(1)).build(),
        to,
        changed);
  }

  @Override
  public CompletionStage<AttemptCall<Q, R>> passThrough() {
    commit();
    return open(method, options, requireNonNull(headers));
  }

  private CompletionStage<AttemptCall<Q, R>> open(
      MethodDescriptor<Q, R> sentMethod, CallOptions to, Metadata changed) {
    Context before = context.attach();
    AttemptCall<Q, R> attempt;
    try {
      attempt = new AttemptCall<>(this, channel, sentMethod, to, changed);
    } finally {
      context.detach(before);
    }
    synchronized (lock) {
      live = false;
      current = attempt;
    }
    return attempt.head;
  }

  @Override
  public OutboundResponse view(AttemptCall<Q, R> head) {
    return head.view();
  }

  @Override
  public void discard(AttemptCall<Q, R> head) {
    head.abort("not delivered", null);
  }

  @Override
  public CompletionStage<AttemptCall<Q, R>> deliver(
      AttemptCall<Q, R> head, HeaderMutations changes, ResponseEnd end) {
    commit();
    head.deliver(changes, end);
    return CompletableFuture.completedFuture(head);
  }

  @Override
  public CompletionStage<AttemptCall<Q, R>> reply(LocalReply reply) {
    closeLater(ReplyStatus.of(reply), ReplyStatus.trailers(reply));
    // There is no value that anybody asks for.
    return new CompletableFuture<>();
  }

  @Override
  public int status(AttemptCall<Q, R> passed) {
    return passed.view().status();
  }

  @Override
  public void abort() {
    AttemptCall<Q, R> attempt = current;
    if (attempt != null) {
      if (cancelled) {
        attempt.abort(cancelText, cancelCause);
      } else {
        attempt.expire();
      }
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return failure instanceof Ended
        ? ((Ended) failure).attempt.classify((Ended) failure)
        : FailureKind.of(failure);
  }

  // ---- what the application is told

  Listener<R> listener() {
    return requireNonNull(listener);
  }

  boolean isClosed() {
    return closed.get();
  }

  private void onResult(@Nullable Throwable failure) {
    if (failure == null || cancelled || closed.get()) {
      return;
    }
    if (failure instanceof Ended) {
      // Within the callback that told of it.
      Ended ended = (Ended) failure;
      close(ended.attempt.translate(ended.status, false), ended.trailers);
      return;
    }
    // As the library has it for a listener that throws.
    AttemptCall<Q, R> attempt = current;
    if (attempt != null) {
      attempt.abort("Failed to read headers", failure);
    }
    closeLater(
        Status.CANCELLED.withDescription("Failed to read headers").withCause(failure),
        new Metadata());
  }

  /** Whether it was the application, or its deadline, that ended a call. */
  boolean isGivenUp(Status status) {
    return cancelled
        || context.isCancelled()
        || (status.getCode() == Status.Code.DEADLINE_EXCEEDED && isLate());
  }

  private boolean isLate() {
    Deadline deadline = deadline();
    return deadline != null && deadline.isExpired();
  }

  void close(Status status, Metadata trailers) {
    if (closed.compareAndSet(false, true)) {
      Runnable stop = stopWaiting;
      if (stop != null) {
        stop.run();
      }
      listener().onClose(status, trailers);
    }
  }

  /**
   * Tells the end on the call's own executor, which only the library knows: by a call that goes
   * nowhere.
   */
  private void closeLater(Status status, Metadata trailers) {
    try {
      inContext(() -> closeByACallThatGoesNowhere(status, trailers));
    } catch (RuntimeException | Error broken) {
      // The application waits for its end, on whatever thread.
      close(status, trailers);
    }
  }

  private void closeByACallThatGoesNowhere(Status status, Metadata trailers) {
    ClientCall<Q, R> nowhere =
        channel.newCall(method, options.withOption(Destination.KEY, Destination.NOWHERE));
    nowhere.start(
        new Listener<R>() {
          @Override
          public void onClose(Status ended, Metadata none) {
            // Versions differ in whether a call that is late already ends by that or by our cancel.
            String text = ended.getDescription();
            boolean own = text != null && text.contains(NOWHERE);
            boolean givenUp = !own && !cancelled && (context.isCancelled() || isLate());
            close(givenUp ? ended : status, trailers);
          }
        },
        new Metadata());
    nowhere.cancel(NOWHERE, null);
  }

  void inContext(Runnable task) {
    Context before = context.attach();
    try {
      task.run();
    } finally {
      context.detach(before);
    }
  }

  // ---- time

  private @Nullable Deadline deadline() {
    Deadline own = options.getDeadline();
    Deadline outer = context.getDeadline();
    return own == null ? outer : outer == null ? own : own.minimum(outer);
  }

  /** What is left of the application's time, as a header says it; null where it set none. */
  @Nullable String timeout() {
    Deadline deadline = deadline();
    if (deadline == null) {
      return null;
    }
    long nanos = Math.max(1, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    // At most eight digits; rounded up, so that the application's own clock is the first.
    if (nanos < 100_000_000L) {
      return nanos + "n";
    }
    if (nanos < 99_999_999_000L) {
      return (nanos / 1_000 + 1) + "u";
    }
    if (nanos < 99_999_999_000_000L) {
      return (nanos / 1_000_000 + 1) + "m";
    }
    return Math.min(99_999_999, nanos / 1_000_000_000 + 1) + "S";
  }

  /** The library watches the clock of calls that it has; this one is with the mesh. */
  private void watchWhileNothingIsSent() {
    Deadline deadline = deadline();
    Future<?> timer =
        deadline == null
            ? null
            : Mesh.timer()
                .schedule(
                    () -> giveUp(Status.DEADLINE_EXCEEDED.withDescription("deadline exceeded")),
                    deadline.timeRemaining(TimeUnit.NANOSECONDS),
                    TimeUnit.NANOSECONDS);
    Context.CancellationListener listening =
        ended -> giveUp(requireNonNull(Contexts.statusFromCancelled(ended)));
    stopWaiting =
        () -> {
          context.removeListener(listening);
          if (timer != null) {
            timer.cancel(false);
          }
        };
    context.addListener(listening, Runnable::run);
  }

  private void giveUp(Status status) {
    if (current == null && !closed.get() && !cancelled) {
      result.cancel(false);
      closeLater(status, new Metadata());
    }
  }
}
