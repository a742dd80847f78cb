package dev.weft.outbound;

import dev.weft.bootstrap.Mesh;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs one request of an asynchronous library through the mesh: the same loop as {@link
 * BlockingDriver}, as stages. Never blocks a thread; delays run on {@link Mesh#timer()}.
 *
 * @param <H> see {@link AsyncExchange}
 * @param <R> see {@link AsyncExchange}
 */
public final class AsyncDriver<H, R> {

  private final OutboundCall call;
  private final AsyncExchange<H, R> exchange;
  private final CompletableFuture<R> result;

  private AsyncDriver(
      OutboundCall call, AsyncExchange<H, R> exchange, CompletableFuture<R> result) {
    this.call = call;
    this.exchange = exchange;
    this.result = result;
  }

  /**
   * Sends {@code request} through the mesh and completes {@code result} with what the application
   * gets. If the application cancels {@code result}, the exchange is aborted.
   *
   * @param result made by the adapter, so that it can be of the library's own kind of future
   */
  public static <H, R> void run(
      OutboundRequest request, AsyncExchange<H, R> exchange, CompletableFuture<R> result) {
    OutboundCall call;
    Directive first;
    try {
      call = Mesh.outbound().open(request);
      first = call.start();
    } catch (Throwable t) {
      Mesh.problem("outbound start", t);
      complete(exchange::passThrough, result);
      return;
    }
    AsyncDriver<H, R> driver = new AsyncDriver<>(call, exchange, result);
    result.whenComplete((value, failure) -> driver.onResult());
    if (first.kind() == Directive.Kind.AWAIT) {
      driver.await(first);
    } else {
      driver.follow(first);
    }
  }

  private void await(Directive directive) {
    AtomicBoolean once = new AtomicBoolean();
    Runnable restart =
        () -> {
          if (once.compareAndSet(false, true)) {
            follow(startAgain());
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

  private Directive startAgain() {
    try {
      return call.start();
    } catch (Throwable t) {
      Mesh.problem("outbound start", t);
      return Directive.passThrough();
    }
  }

  private void follow(Directive next) {
    if (next.delayNanos() > 0) {
      Mesh.timer().schedule(() -> act(next), next.delayNanos(), TimeUnit.NANOSECONDS);
    } else {
      act(next);
    }
  }

  private void act(Directive next) {
    if (result.isDone()) {
      close(Outcome.CANCELLED, 0, null);
      return;
    }
    switch (next.kind()) {
      case SEND:
        send(next.attempt());
        break;
      case REPLY:
        close(Outcome.COMPLETED, next.reply().status(), null);
        complete(() -> exchange.reply(next.reply()), result);
        break;
      default:
        passThrough();
    }
  }

  private void send(Attempt attempt) {
    Deadline deadline = new Deadline(call, exchange::abort);
    CompletionStage<H> sent;
    try {
      deadline.arm(attempt.timeoutNanos());
      sent = exchange.send(attempt);
    } catch (Throwable failure) {
      onFailure(deadline, failure);
      return;
    }
    sent.whenComplete(
        (head, failure) -> {
          if (failure != null) {
            onFailure(deadline, unwrap(failure));
          } else {
            onHead(deadline, head);
          }
        });
  }

  private void onHead(Deadline deadline, H head) {
    Directive next;
    try {
      next = call.onResponse(exchange.view(head));
    } catch (Throwable t) {
      Mesh.problem("outbound response", t);
      next = Directive.deliver(HeaderMutations.NONE);
    }
    if (next.kind() == Directive.Kind.DELIVER) {
      HeaderMutations headers = next.responseHeaders();
      deadline.delivered(exchange.view(head).status());
      complete(() -> exchange.deliver(head, headers, deadline), result);
      return;
    }
    deadline.endAttempt();
    exchange.discard(head);
    follow(next);
  }

  private void onFailure(Deadline deadline, Throwable failure) {
    boolean timedOut = deadline.endAttempt();
    Directive next;
    try {
      next = call.onFailure(timedOut ? FailureKind.TIMEOUT : exchange.classify(failure), failure);
    } catch (Throwable t) {
      Mesh.problem("outbound failure", t);
      next = Directive.deliver(HeaderMutations.NONE);
    }
    if (next.kind() == Directive.Kind.DELIVER) {
      close(Outcome.FAILED, 0, failure);
      result.completeExceptionally(failure);
      return;
    }
    follow(next);
  }

  private void passThrough() {
    CompletionStage<R> passed;
    try {
      passed = exchange.passThrough();
    } catch (Throwable failure) {
      close(Outcome.FAILED, 0, failure);
      result.completeExceptionally(failure);
      return;
    }
    passed.whenComplete(
        (value, failure) -> {
          close(failure == null ? Outcome.COMPLETED : Outcome.FAILED, 0, failure);
          settle(value, failure, result);
        });
  }

  /** The application's future is settled: if by the application itself, the exchange must end. */
  private void onResult() {
    if (result.isCancelled()) {
      close(Outcome.CANCELLED, 0, null);
      try {
        exchange.abort();
      } catch (Throwable t) {
        Mesh.problem("outbound abort", t);
      }
    }
  }

  private void close(Outcome outcome, int status, @Nullable Throwable failure) {
    try {
      call.close(outcome, status, failure);
    } catch (Throwable t) {
      Mesh.problem("outbound close", t);
    }
  }

  private static <R> void complete(
      java.util.function.Supplier<CompletionStage<R>> source, CompletableFuture<R> result) {
    try {
      source.get().whenComplete((value, failure) -> settle(value, failure, result));
    } catch (Throwable failure) {
      result.completeExceptionally(failure);
    }
  }

  private static <R> void settle(
      R value, @Nullable Throwable failure, CompletableFuture<R> result) {
    if (failure != null) {
      result.completeExceptionally(unwrap(failure));
    } else {
      result.complete(value);
    }
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
    return cause != null ? cause : failure;
  }
}
