package dev.weft.agent;

import dev.weft.bootstrap.Mesh;
import dev.weft.identity.Timer;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The thread of certificates, {@code weft-identity}: a daemon that the first task starts. */
final class IdentityTimer implements Timer {

  private final ScheduledThreadPoolExecutor executor;

  IdentityTimer() {
    executor =
        new ScheduledThreadPoolExecutor(
            1, IdentityTimer::daemon, new ThreadPoolExecutor.DiscardPolicy());
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(null, task, "weft-identity");
    thread.setDaemon(true);
    // The creator may be a thread of a web application, whose loader we must not keep alive.
    thread.setContextClassLoader(null);
    return thread;
  }

  @Override
  public long millis() {
    return System.currentTimeMillis();
  }

  @Override
  public void schedule(Runnable task, long delayMillis) {
    executor.schedule(() -> guarded(task), delayMillis, TimeUnit.MILLISECONDS);
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      Mesh.problem("identity", e);
    }
  }

  void stop() {
    executor.shutdownNow();
  }
}
