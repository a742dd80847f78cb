package dev.weft.outbound;

import dev.weft.bootstrap.Mesh;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs one request of a blocking library through the mesh: asks the engine, does what it says,
 * reports back, until there is a response or a failure for the application. The waiting of blocking
 * adapters happens here and nowhere else.
 *
 * <p>A bug in the engine never reaches the application: the request passes through untouched, or
 * the library's own result is delivered.
 *
 * @param <R> the library's response
 */
public final class BlockingDriver<R> {

  /** Set during one call into a library, never longer. */
  private static final ThreadLocal<Boolean> PASSING_THROUGH = new ThreadLocal<>();

  private final GuardedCall call;
  private final BlockingExchange<R> exchange;
  private @Nullable Directive next;

  private BlockingDriver(OutboundCall call, BlockingExchange<R> exchange) {
    this.call = new GuardedCall(call);
    this.exchange = exchange;
  }

  /**
   * Sends {@code request} through the mesh on the calling thread.
   *
   * @throws Exception what {@code exchange} threw, unchanged; or {@link InterruptedIOException}
   *     when the thread was interrupted while the mesh made it wait (its interrupt flag is set
   *     again)
   */
  public static <R> R run(OutboundRequest request, BlockingExchange<R> exchange) throws Exception {
    return open(request, exchange).run();
  }

  /** Opens the call of {@code request}; what follows is {@link #run}, or {@link #cancel}. */
  public static <R> BlockingDriver<R> open(OutboundRequest request, BlockingExchange<R> exchange) {
    try {
      return new BlockingDriver<>(Mesh.outbound().open(request), exchange);
    } catch (Throwable t) {
      Mesh.problem("outbound open", t);
      return new BlockingDriver<>(OutboundCall.PASS_THROUGH, exchange);
    }
  }

  /**
   * For a library that writes the body of a request before it asks for the response: decides, and
   * waits where it must. {@link #run} then begins with what was decided here.
   *
   * @return what will be done first: SEND, REPLY or PASS_THROUGH
   */
  public Directive decide() throws InterruptedIOException {
    Directive decided = next;
    if (decided == null) {
      decided = call.start();
      if (decided.kind() == Directive.Kind.AWAIT) {
        awaitReady(decided);
        decided = call.start();
      }
      pause(decided.delayNanos());
      next = decided;
    }
    return decided;
  }

  /**
   * Whether this thread sends a request that an adapter leaves alone: whatever connects below is
   * not to be redirected (https, a proxy).
   */
  public static boolean isPassingThrough() {
    return PASSING_THROUGH.get() != null;
  }

  /** The application gave up: closes the call and breaks what runs. Any thread. */
  public void cancel() {
    if (call.close(Outcome.CANCELLED, 0, null)) {
      exchange.abort();
    }
  }

  /** Runs the loop to its end; see {@link #run(OutboundRequest, BlockingExchange)}. */
  public R run() throws Exception {
    Directive next = decide();
    while (true) {
      switch (next.kind()) {
        case SEND:
          Deadline deadline = new Deadline(call, exchange::abort);
          R response;
          try {
            deadline.arm(next.attempt().timeoutNanos());
            response = exchange.send(next.attempt());
          } catch (Throwable failure) {
            next = afterFailure(deadline.endAttempt(), failure);
            if (next.kind() == Directive.Kind.DELIVER) {
              throw failure;
            }
            pause(next.delayNanos());
            continue;
          }
          next = call.onResponse(() -> exchange.view(response));
          if (next.kind() == Directive.Kind.DELIVER) {
            return deliver(response, next.responseHeaders(), deadline);
          }
          deadline.endAttempt();
          exchange.discard(response);
          pause(next.delayNanos());
          continue;
        case REPLY:
          call.close(Outcome.COMPLETED, next.reply().status(), null);
          return exchange.reply(next.reply());
        default:
          return passThrough();
      }
    }
  }

  private R passThrough() throws Exception {
    R response;
    Boolean outer = PASSING_THROUGH.get();
    PASSING_THROUGH.set(Boolean.TRUE);
    try {
      response = exchange.passThrough();
    } catch (Throwable failure) {
      call.close(isGivenUp(failure) ? Outcome.CANCELLED : Outcome.FAILED, 0, failure);
      throw failure;
    } finally {
      if (outer == null) {
        PASSING_THROUGH.remove();
      }
    }
    return deliver(response, HeaderMutations.NONE, new Deadline(call, exchange::abort));
  }

  private R deliver(R response, HeaderMutations headers, Deadline deadline) {
    try {
      deadline.delivered(exchange.view(response).status());
      return exchange.deliver(response, headers, deadline);
    } catch (Throwable t) {
      deadline.failed(t);
      throw t;
    }
  }

  private Directive afterFailure(boolean timedOut, Throwable failure) {
    if (call.isClosed()) {
      return Directive.deliver(HeaderMutations.NONE);
    }
    if (!timedOut && isGivenUp(failure)) {
      call.close(Outcome.CANCELLED, 0, failure);
      return Directive.deliver(HeaderMutations.NONE);
    }
    return call.onFailure(
        () -> timedOut ? FailureKind.TIMEOUT : exchange.classify(failure), failure);
  }

  /** Whether the application gave up, by interrupting its thread or by a means of the library. */
  private boolean isGivenUp(Throwable failure) {
    return failure instanceof InterruptedException
        || Thread.currentThread().isInterrupted()
        || exchange.isCancelled();
  }

  /** Waits for the policy. Ready or not, the engine then decides with what is there. */
  /**
   * Waits for what completes by itself in bounded time, as {@code InboundCall.pending()}.
   *
   * @throws InterruptedIOException when the thread is interrupted; its flag is set again
   */
  public static void await(CompletionStage<?> pending) throws InterruptedIOException {
    CountDownLatch done = new CountDownLatch(1);
    pending.whenComplete((result, failure) -> done.countDown());
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a verdict");
    }
  }

  private void awaitReady(Directive directive) throws InterruptedIOException {
    CountDownLatch ready = new CountDownLatch(1);
    directive.ready().whenComplete((value, failure) -> ready.countDown());
    try {
      boolean unused = ready.await(directive.delayNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void pause(long nanos) throws InterruptedIOException {
    if (nanos <= 0) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private InterruptedIOException interrupted(InterruptedException cause) {
    call.close(Outcome.CANCELLED, 0, cause);
    Thread.currentThread().interrupt();
    InterruptedIOException failure =
        new InterruptedIOException("interrupted while the mesh delayed the request");
    failure.initCause(cause);
    return failure;
  }
}
