package dev.weft.controlclient;

import dev.weft.model.Endpoints;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Asks DNS for the names of endpoints: when they are new, and then every half a minute. Blocking
 * look-ups happen on the io executor; everything else on the loop's thread.
 */
final class NameRefresher {

  static final long REFRESH_NANOS = 30_000_000_000L;

  /** How long new policy waits for the first answer of a name; it comes into force without it. */
  private static final long FIRST_ANSWER_MILLIS = 1000;

  private static final int PARALLEL = 4;

  private final EndpointNames names;
  private final Loop loop;
  private final Executor io;
  private final Consumer<List<Endpoints>> onChange;
  private boolean scheduled;

  /**
   * @param onChange gets endpoints whose addresses changed, on the loop's thread
   */
  NameRefresher(EndpointNames names, Loop loop, Executor io, Consumer<List<Endpoints>> onChange) {
    this.names = names;
    this.loop = loop;
    this.io = io;
    this.onChange = onChange;
  }

  /** Resolves the names in {@code endpoints} that have no answer yet, waiting a little for it. */
  void first(Collection<Endpoints> endpoints) {
    Set<String> unknown = names.unknown(endpoints);
    if (unknown.isEmpty()) {
      return;
    }
    CompletableFuture<Map<String, List<String>>> answers = lookUp(unknown);
    try {
      names.learn(answers.get(FIRST_ANSWER_MILLIS, TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      answers.thenAccept(late -> loop.execute(() -> learned(late)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("look-ups do not fail, they find nothing", e);
    }
  }

  /** To be called when names may have come into use. */
  void schedule() {
    if (!scheduled && !names.all().isEmpty()) {
      scheduled = true;
      loop.schedule(this::refresh, REFRESH_NANOS);
    }
  }

  /** Asks for all names again. */
  void refresh() {
    lookUp(names.all())
        .thenAccept(
            answers ->
                loop.execute(
                    () -> {
                      scheduled = false;
                      learned(answers);
                      schedule();
                    }));
  }

  private void learned(Map<String, List<String>> answers) {
    List<Endpoints> changed = names.learn(answers);
    if (!changed.isEmpty()) {
      onChange.accept(changed);
    }
  }

  /** Names without an answer are not in the result. A name that hangs holds up few others. */
  private CompletableFuture<Map<String, List<String>>> lookUp(Set<String> wanted) {
    if (wanted.isEmpty()) {
      return CompletableFuture.completedFuture(Collections.emptyMap());
    }
    Queue<String> queue = new ConcurrentLinkedQueue<>(wanted);
    Map<String, List<String>> found = new ConcurrentHashMap<>();
    CompletableFuture<Map<String, List<String>>> all = new CompletableFuture<>();
    int workers = Math.min(PARALLEL, wanted.size());
    AtomicInteger running = new AtomicInteger(workers);
    for (int i = 0; i < workers; i++) {
      io.execute(
          () -> {
            for (String name = queue.poll(); name != null; name = queue.poll()) {
              List<String> answer = names.lookUp(name);
              if (answer != null) {
                found.put(name, answer);
              }
            }
            if (running.decrementAndGet() == 0) {
              all.complete(new HashMap<>(found));
            }
          });
    }
    return all;
  }
}
