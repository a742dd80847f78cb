package app;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.stereotype.Component;

/** Runs in a thread of Spring's. */
@Component
@EnableAsync
public class Background {

  @Async
  public CompletableFuture<String> run(Callable<String> work) throws Exception {
    return CompletableFuture.completedFuture(work.call());
  }
}
