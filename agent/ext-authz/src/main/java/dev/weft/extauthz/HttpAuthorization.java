package dev.weft.extauthz;

import dev.weft.bootstrap.Mesh;
import dev.weft.engine.ExternalAuthorization;
import dev.weft.model.ExternalAuthorizer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Questions on a few daemon threads of its own, started by the first one and gone when nobody asks.
 * What does not fit is a failure at once, so that a slow authorizer costs no memory.
 */
public final class HttpAuthorization implements ExternalAuthorization {

  private static final int THREADS = 16;
  private static final int WAITING = 512;
  private static final long IDLE_SECONDS = 30;

  private @Nullable ExecutorService threads;

  @Override
  public CompletionStage<Answer> ask(ExternalAuthorizer authorizer, Check check) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    long deadline = System.nanoTime() + authorizer.timeoutNanos();
    try {
      threads()
          .execute(
              () -> {
                if (!answer.isDone()) {
                  answer.complete(Question.ask(authorizer, check, deadline));
                }
              });
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(Answer.failed("too many questions at once"));
    }
    Future<?> limit =
        Mesh.timer()
            .schedule(
                () -> answer.complete(Answer.failed("no answer in time")),
                authorizer.timeoutNanos(),
                TimeUnit.NANOSECONDS);
    answer.whenComplete((result, failure) -> limit.cancel(false));
    return answer;
  }

  private synchronized ExecutorService threads() {
    ExecutorService existing = threads;
    if (existing != null) {
      return existing;
    }
    ThreadPoolExecutor made =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(null, task, "weft-authz");
              thread.setDaemon(true);
              thread.setContextClassLoader(null);
              return thread;
            });
    made.allowCoreThreadTimeOut(true);
    threads = made;
    return made;
  }
}
