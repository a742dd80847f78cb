package dev.weft.agent;

import dev.weft.bootstrap.Mesh;
import dev.weft.identity.Timer;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The thread of certificates, {@code weft-identity}: a daemon that the first task starts. */
final class IdentityTimer implements Timer {

  /** Made by the first task: its class is hooked, and weaving is not for a JVM that needs none. */
  private @Nullable ScheduledThreadPoolExecutor executor;

  private boolean stopped;

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
  public synchronized void schedule(Runnable task, long delayMillis) {
    if (stopped) {
      return;
    }
    ScheduledThreadPoolExecutor running = executor;
    if (running == null) {
      running =
          new ScheduledThreadPoolExecutor(
              1, IdentityTimer::daemon, new ThreadPoolExecutor.DiscardPolicy());
      executor = running;
    }
    running.schedule(() -> guarded(task), delayMillis, TimeUnit.MILLISECONDS);
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      Mesh.problem("identity", e);
    }
  }

  synchronized void stop() {
    stopped = true;
    if (executor != null) {
      executor.shutdownNow();
    }
  }
}
