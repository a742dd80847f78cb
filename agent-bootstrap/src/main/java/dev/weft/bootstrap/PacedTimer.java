package dev.weft.bootstrap;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One daemon thread for deadlines, nearly all of which are cancelled. The JDK's executor wakes its
 * thread for every task that is the next one to run, and that is every deadline of a process with
 * few requests at a time: microseconds of CPU and of latency each. While deadlines keep coming, a
 * tick is always nearer than they are, so the thread wakes for ticks only.
 */
final class PacedTimer extends ScheduledThreadPoolExecutor {

  private static final long TICK_MILLIS = 50;

  private final AtomicBoolean ticking = new AtomicBoolean();
  private volatile boolean used;

  PacedTimer() {
    super(
        1,
        task -> {
          Thread thread = new Thread(null, task, "weft-timer");
          thread.setDaemon(true);
          thread.setContextClassLoader(null);
          return thread;
        });
    setRemoveOnCancelPolicy(true);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    if (unit.toMillis(delay) > TICK_MILLIS) {
      used = true;
      if (!ticking.get() && ticking.compareAndSet(false, true)) {
        super.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
    return super.schedule(task, delay, unit);
  }

  /** An idle process is left alone from its first tick on. */
  private void tick() {
    if (used) {
      used = false;
      super.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      ticking.set(false);
    }
  }
}
