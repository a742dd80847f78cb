package dev.weft.outbound;

import dev.weft.bootstrap.Mesh;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The end of one exchange, whichever comes first: its response is over, or its time is. One per
 * attempt; tells the call after {@link #delivered}.
 */
final class Deadline implements ResponseEnd, Runnable {

  private static final int RUNNING = 0;
  private static final int DELIVERED = 1;
  private static final int EXPIRED = 2;
  private static final int OVER = 3;

  private final GuardedCall call;
  private final Runnable abort;
  private final AtomicInteger state = new AtomicInteger(RUNNING);
  private volatile int status;
  private volatile @Nullable Future<?> timer;

  Deadline(GuardedCall call, Runnable abort) {
    this.call = call;
    this.abort = abort;
  }

  /** Starts the clock; 0 means no limit. */
  void arm(long nanos) {
    if (nanos > 0) {
      timer = Mesh.timer().schedule(this, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** The attempt ended before its response was delivered. Returns whether its time was over. */
  boolean endAttempt() {
    cancelTimer();
    return state.getAndSet(OVER) == EXPIRED;
  }

  /**
   * The response goes to the application; the clock goes on until its end. Where its time ended
   * just before, the exchange is broken already and the call is closed at once.
   */
  void delivered(int status) {
    this.status = status;
    if (!state.compareAndSet(RUNNING, DELIVERED) && state.compareAndSet(EXPIRED, OVER)) {
      call.close(Outcome.TIMED_OUT, status, null);
    }
  }

  /** The application gave up: closes the call and breaks the exchange. */
  void giveUp() {
    cancelTimer();
    state.set(OVER);
    call.close(Outcome.CANCELLED, status, null);
    abortQuietly();
  }

  @Override
  public void run() {
    if (state.compareAndSet(RUNNING, EXPIRED)) {
      abortQuietly();
    } else if (state.compareAndSet(DELIVERED, OVER)) {
      // Before the abort: its failure is not what ended the exchange.
      call.close(Outcome.TIMED_OUT, status, null);
      abortQuietly();
    }
  }

  @Override
  public void completed() {
    end(Outcome.COMPLETED, null);
  }

  @Override
  public void grpc(int grpcStatus, long requestMessages, long responseMessages) {
    if (state.get() != OVER) {
      call.onGrpcEnd(grpcStatus, requestMessages, responseMessages);
    }
  }

  @Override
  public void failed(Throwable failure) {
    end(Outcome.FAILED, failure);
  }

  @Override
  public void cancelled() {
    end(Outcome.CANCELLED, null);
  }

  private void end(Outcome outcome, @Nullable Throwable failure) {
    if (state.getAndSet(OVER) != OVER) {
      cancelTimer();
      call.close(outcome, status, failure);
    }
  }

  private void abortQuietly() {
    try {
      abort.run();
    } catch (Throwable t) {
      Mesh.problem("outbound abort", t);
    }
  }

  private void cancelTimer() {
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }
}
