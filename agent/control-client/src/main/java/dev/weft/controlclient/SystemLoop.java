package dev.weft.controlclient;

import dev.weft.bootstrap.Mesh;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One daemon thread, started by the first task. */
final class SystemLoop implements Loop {

  private final ScheduledThreadPoolExecutor executor;

  SystemLoop() {
    // gRPC may come with a last task after the stop; it must not hear of that by an exception.
    executor =
        new ScheduledThreadPoolExecutor(
            1, task -> daemon(task, "weft-control"), new ThreadPoolExecutor.DiscardPolicy());
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(null, task, name);
    thread.setDaemon(true);
    // The creator may be a thread of a web application, whose loader we must not keep alive.
    thread.setContextClassLoader(null);
    // The default handler prints, and may be the application's own.
    thread.setUncaughtExceptionHandler((where, problem) -> Mesh.problem(name, problem));
    return thread;
  }

  ScheduledExecutorService executor() {
    return executor;
  }

  @Override
  public void execute(Runnable task) {
    schedule(task, 0);
  }

  @Override
  public void schedule(Runnable task, long delayNanos) {
    executor.schedule(() -> guarded(task), delayNanos, TimeUnit.NANOSECONDS);
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      Mesh.problem("control client", e);
    }
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void stop() {
    executor.shutdown();
  }
}
