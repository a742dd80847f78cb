package dev.weft.control.jwks;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A few daemon threads: one issuer that does not answer does not hold up the others. */
final class Threads implements JwksFetcher.Worker {

  private static final int COUNT = 4;

  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(
          COUNT,
          task -> {
            Thread thread = new Thread(task, "weft-jwks");
            thread.setDaemon(true);
            return thread;
          });

  Threads() {
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    // They come when there is something to fetch; most meshes fetch nothing.
    executor.setKeepAliveTime(30, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public void after(Duration delay, Runnable task) {
    if (!executor.isShutdown()) {
      executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
