package dev.weft.outbound;

import dev.weft.bootstrap.Mesh;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    Directive first;
    try {
      call = Mesh.outbound().open(request);
      first = call.start();
      if (first.kind() == Directive.Kind.AWAIT) {
        awaitReady(call, first);
        first = call.start();
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (Throwable t) {
      Mesh.problem("outbound start", t);
      return exchange.passThrough();
    }
    return new BlockingDriver<>(call, exchange).loop(first);
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
              close(Outcome.FAILED, 0, failure);
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
      deadline.endAttempt();
      close(Outcome.FAILED, 0, failure);
      throw failure;
    }
    return deliver(response, HeaderMutations.NONE, deadline);
  }

  private R deliver(R response, HeaderMutations headers, Deadline deadline) {
    deadline.delivered(exchange.view(response).status());
    return exchange.deliver(response, headers, deadline);
  }

  private Directive afterResponse(R response) {
    try {
      return call.onResponse(exchange.view(response));
    } catch (Throwable t) {
      Mesh.problem("outbound response", t);
      return Directive.deliver(HeaderMutations.NONE);
    }
  }

  private Directive afterFailure(boolean timedOut, Throwable failure) {
    try {
      return call.onFailure(timedOut ? FailureKind.TIMEOUT : exchange.classify(failure), failure);
    } catch (Throwable t) {
      Mesh.problem("outbound failure", t);
      return Directive.deliver(HeaderMutations.NONE);
    }
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

  private static void awaitReady(OutboundCall call, Directive directive)
      throws InterruptedIOException {
    try {
      directive.ready().toCompletableFuture().get(directive.delayNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Ready or not, start() is asked again and decides with what is there.
    } catch (InterruptedException e) {
      call.close(Outcome.CANCELLED, 0, e);
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while the mesh delayed the request");
  }
}
