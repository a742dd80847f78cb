package dev.weft.outbound;

import dev.weft.bootstrap.Mesh;
import java.io.InterruptedIOException;
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

  private final OutboundCall call;
  private final BlockingExchange<R> exchange;

  private BlockingDriver(OutboundCall call, BlockingExchange<R> exchange) {
    this.call = call;
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
    OutboundCall call;
    try {
      call = Mesh.outbound().open(request);
    } catch (Throwable t) {
      Mesh.problem("outbound open", t);
      return exchange.passThrough();
    }
    BlockingDriver<R> driver = new BlockingDriver<>(call, exchange);
    return driver.loop(driver.start());
  }

  private Directive start() throws InterruptedIOException {
    try {
      Directive first = call.start();
      if (first.kind() != Directive.Kind.AWAIT) {
        return first;
      }
      awaitReady(first);
      return call.start();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (Throwable t) {
      Mesh.problem("outbound start", t);
      return Directive.passThrough();
    }
  }

  private R loop(Directive first) throws Exception {
    Directive next = first;
    while (true) {
      switch (next.kind()) {
        case SEND:
          pause(next.delayNanos());
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
            continue;
          }
          next = afterResponse(response);
          if (next.kind() == Directive.Kind.DELIVER) {
            return deliver(response, next.responseHeaders(), deadline);
          }
          deadline.endAttempt();
          exchange.discard(response);
          continue;
        case REPLY:
          pause(next.delayNanos());
          close(Outcome.COMPLETED, next.reply().status(), null);
          return exchange.reply(next.reply());
        default:
          return passThrough();
      }
    }
  }

  private R passThrough() throws Exception {
    Deadline deadline = new Deadline(call, exchange::abort);
    R response;
    try {
      response = exchange.passThrough();
    } catch (Throwable failure) {
      close(Outcome.FAILED, 0, failure);
      throw failure;
    }
    return deliver(response, HeaderMutations.NONE, deadline);
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

  private Directive afterResponse(R response) {
    try {
      return call.onResponse(exchange.view(response));
    } catch (Throwable t) {
      Mesh.problem("outbound response", t);
      return Directive.deliver(HeaderMutations.NONE);
    }
  }

  /** What comes after a failed attempt; the call is closed when the failure is to be delivered. */
  private Directive afterFailure(boolean timedOut, Throwable failure) {
    if (!timedOut && isInterrupt(failure)) {
      close(Outcome.CANCELLED, 0, failure);
      return Directive.deliver(HeaderMutations.NONE);
    }
    Directive next;
    try {
      next = call.onFailure(timedOut ? FailureKind.TIMEOUT : exchange.classify(failure), failure);
    } catch (Throwable t) {
      Mesh.problem("outbound failure", t);
      next = Directive.deliver(HeaderMutations.NONE);
    }
    if (next.kind() == Directive.Kind.DELIVER) {
      close(Outcome.FAILED, 0, failure);
    }
    return next;
  }

  /** Whether the application's thread was interrupted: then it gave up, and nobody else failed. */
  private static boolean isInterrupt(Throwable failure) {
    return failure instanceof InterruptedException || Thread.currentThread().isInterrupted();
  }

  private void close(Outcome outcome, int status, @Nullable Throwable failure) {
    try {
      call.close(outcome, status, failure);
    } catch (Throwable t) {
      Mesh.problem("outbound close", t);
    }
  }

  private void pause(long nanos) throws InterruptedIOException {
    if (nanos <= 0) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      close(Outcome.CANCELLED, 0, e);
      throw interrupted();
    }
  }

  private void awaitReady(Directive directive) throws InterruptedIOException {
    CountDownLatch ready = new CountDownLatch(1);
    directive.ready().whenComplete((value, failure) -> ready.countDown());
    try {
      // Ready or not, start() is asked again and decides with what is there.
      boolean unused = ready.await(directive.delayNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      close(Outcome.CANCELLED, 0, e);
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while the mesh delayed the request");
  }
}
