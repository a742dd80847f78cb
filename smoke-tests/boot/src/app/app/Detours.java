package app;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** The ways by which an application hands work to a thread that is not the request's. */
@Component
public class Detours {

  private final Background background;

  /** One thread, made for the first request: it inherits nothing from those that follow. */
  private final ExecutorService pool =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "detour");
            thread.setDaemon(true);
            return thread;
          });

  public Detours(Background background) {
    this.background = background;
  }

  String take(String detour, Callable<String> work) throws Exception {
    switch (detour) {
      case "executor":
        return pool.submit(work).get();
      case "future":
        return future(work).get();
      case "fork-join":
        return ForkJoinPool.commonPool().submit(work).get();
      case "parallel-stream":
        return Stream.of(work, work).parallel().map(Detours::done).reduce((a, b) -> b).get();
      case "virtual-thread":
        return virtualThreads().submit(work).get();
      case "async":
        return background.run(work).get();
      default:
        throw new IllegalArgumentException("detour: " + detour);
    }
  }

  /** Its stages are made by the request's thread and run by others, one of them later. */
  private CompletableFuture<String> future(Callable<String> work) {
    CompletableFuture<String> trigger = new CompletableFuture<>();
    CompletableFuture<String> answer =
        trigger.thenApplyAsync(ignored -> "", pool).thenCompose(ignored -> supply(work));
    ForkJoinPool.commonPool().execute(() -> trigger.complete(""));
    return answer;
  }

  private static CompletableFuture<String> supply(Callable<String> work) {
    Supplier<String> supplier = () -> done(work);
    return CompletableFuture.supplyAsync(supplier);
  }

  /** By reflection: the application runs on Java 8 too. */
  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  private static String done(Callable<String> work) {
    try {
      return work.call();
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }
}
