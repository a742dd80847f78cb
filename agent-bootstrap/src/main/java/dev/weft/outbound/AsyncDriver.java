package dev.weft.outbound;

import dev.weft.bootstrap.Mesh;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs one request of an asynchronous library through the mesh: the same loop as {@link
 * BlockingDriver}, as stages. Never blocks a thread; delays run on {@link Mesh#timer()}.
 *
 * @param <H> see {@link AsyncExchange}
 * @param <R> see {@link AsyncExchange}
 */
public final class AsyncDriver<H, R> {

  private final GuardedCall call;
  private final AsyncExchange<H, R> exchange;
  private final CompletableFuture<R> result;

  /** The attempt that runs, which a caller that gives up must break. */
  private volatile @Nullable Deadline running;

  /** Set before the driver settles the result: any other completion is the application's. */
  private volatile boolean settling;

  private AsyncDriver(
      OutboundCall call, AsyncExchange<H, R> exchange, CompletableFuture<R> result) {
    this.call = new GuardedCall(call);
    this.exchange = exchange;
    this.result = result;
  }

  /**
   * Sends {@code request} through the mesh and completes {@code result} with what the application
   * gets. If the application cancels {@code result}, or completes it by other means, the exchange
   * is aborted.
   *
   * @param result made by the adapter, so that it can be of the library's own kind of future
   */
  public static <H, R> void run(
      OutboundRequest request, AsyncExchange<H, R> exchange, CompletableFuture<R> result) {
    OutboundCall call;
    try {
      call = Mesh.outbound().open(request);
    } catch (Throwable t) {
      Mesh.problem("outbound open", t);
      call = OutboundCall.PASS_THROUGH;
    }
    AsyncDriver<H, R> driver = new AsyncDriver<>(call, exchange, result);
    result.whenComplete((value, failure) -> driver.onResult());
    driver.guarded(driver::begin);
  }

  private void begin() {
    Directive first = call.start();
    if (first.kind() == Directive.Kind.AWAIT) {
      await(first);
    } else {
      follow(first);
    }
  }

  private void await(Directive directive) {
    AtomicBoolean once = new AtomicBoolean();
    Runnable restart =
        () -> {
          if (once.compareAndSet(false, true) && !call.isClosed()) {
            guarded(() -> follow(call.start()));
          }
        };
    Future<?> timeout =
        Mesh.timer().schedule(restart, directive.delayNanos(), TimeUnit.NANOSECONDS);
    directive
        .ready()
        .whenComplete(
            (value, failure) -> {
              timeout.cancel(false);
              // Off the control client's thread: the application's request must not run on it.
              Mesh.timer().execute(restart);
            });
  }

  private void follow(Directive next) {
    if (next.delayNanos() > 0) {
      Mesh.timer()
          .schedule(() -> guarded(() -> act(next)), next.delayNanos(), TimeUnit.NANOSECONDS);
    } else {
      act(next);
    }
  }

  private void act(Directive next) {
    if (call.isClosed()) {
      return;
    }
    switch (next.kind()) {
      case SEND:
        send(next.attempt());
        break;
      case REPLY:
        call.close(Outcome.COMPLETED, next.reply().status(), null);
        then(exchange.reply(next.reply()), this::settle);
        break;
      default:
        passThrough();
    }
  }

  private void send(Attempt attempt) {
    Deadline deadline = new Deadline(call, exchange::abort);
    running = deadline;
    CompletionStage<H> sent;
    try {
      deadline.arm(attempt.timeoutNanos());
      sent = exchange.send(attempt);
    } catch (Throwable failure) {
      onFailure(deadline, failure);
      return;
    }
    if (call.isClosed()) {
      // The application gave up while the exchange was not there to abort yet.
      deadline.giveUp();
    }
    then(
        sent,
        (head, failure) -> {
          if (failure != null) {
            onFailure(deadline, failure);
          } else {
            onHead(deadline, head);
          }
        });
  }

  private void onHead(Deadline deadline, H head) {
    if (call.isClosed()) {
      deadline.endAttempt();
      exchange.discard(head);
      return;
    }
    Directive next = call.onResponse(() -> exchange.view(head));
    if (next.kind() == Directive.Kind.DELIVER) {
      deadline.delivered(exchange.view(head).status());
      try {
        then(exchange.deliver(head, next.responseHeaders(), deadline), this::settle);
      } catch (Throwable t) {
        deadline.failed(t);
        throw t;
      }
      return;
    }
    deadline.endAttempt();
    exchange.discard(head);
    follow(next);
  }

  private void onFailure(Deadline deadline, Throwable failure) {
    boolean timedOut = deadline.endAttempt();
    if (call.isClosed()) {
      return;
    }
    Directive next =
        call.onFailure(() -> timedOut ? FailureKind.TIMEOUT : exchange.classify(failure), failure);
    if (next.kind() == Directive.Kind.DELIVER) {
      fail(failure);
    } else {
      follow(next);
    }
  }

  private void passThrough() {
    Deadline deadline = new Deadline(call, exchange::abort);
    running = deadline;
    then(
        exchange.passThrough(),
        (value, failure) -> {
          if (failure != null) {
            call.close(Outcome.FAILED, 0, failure);
          } else {
            call.close(Outcome.COMPLETED, exchange.status(value), null);
          }
          settle(value, failure);
        });
  }

  /** The result is settled; when not by this driver, the application gave up. */
  private void onResult() {
    Deadline deadline = running;
    if (settling) {
      return;
    }
    if (deadline != null) {
      deadline.giveUp();
    } else {
      call.close(Outcome.CANCELLED, 0, null);
    }
  }

  private void settle(R value, @Nullable Throwable failure) {
    if (failure != null) {
      fail(failure);
      return;
    }
    settling = true;
    if (!result.complete(value)) {
      // Cancelled a moment ago: nobody will read this response.
      Deadline deadline = running;
      if (deadline != null) {
        deadline.giveUp();
      }
    }
  }

  private void fail(Throwable failure) {
    settling = true;
    result.completeExceptionally(failure);
  }

  /** Continues on the thread that completes {@code stage}, guarded. */
  private <T> void then(CompletionStage<T> stage, BiConsumer<T, @Nullable Throwable> next) {
    stage.whenComplete((value, failure) -> guarded(() -> next.accept(value, unwrap(failure))));
  }

  /** Runs a step; one that breaks ends the request with its failure rather than never. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (Throwable t) {
      call.close(Outcome.FAILED, 0, t);
      fail(t);
    }
  }

  private static @Nullable Throwable unwrap(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
    return cause != null ? cause : failure;
  }
}
