import dev.weft.context.CallContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Hands tasks over in every way of the JDK and says where the context did not come along. */
public class Handed {

  static final CallContext NONE = CallContext.NONE;
  static final CallContext A = CallContext.of(Arrays.asList("x-request-id", "a"));
  static final CallContext B = CallContext.of(Arrays.asList("x-request-id", "b"));
  static int wrong;

  static void same(String what, Object actual, Object expected) {
    if (!expected.equals(actual)) {
      wrong++;
      System.out.println(what + ": " + actual + " (expected: " + expected + ")");
    }
  }

  static <T> T in(CallContext context, Callable<T> code) throws Exception {
    CallContext before = context.attach();
    try {
      return code.call();
    } finally {
      CallContext.restore(before);
    }
  }

  static CallContext get(Future<CallContext> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  public static void main(String[] arguments) throws Exception {
    pools();
    ownObjects();
    oneTaskForTwo();
    scheduled();
    forkJoin();
    futures();
    if (arguments.length > 0) {
      virtualThreads();
    }
    same("main", CallContext.current(), NONE);
    System.out.println(wrong == 0 ? "all came along" : wrong + " did not");
    System.exit(wrong == 0 ? 0 : 1);
  }

  static void pools() throws Exception {
    ExecutorService one = Executors.newFixedThreadPool(1);
    for (int i = 0; i < 3; i++) {
      same("submit a", get(in(A, () -> one.submit(CallContext::current))), A);
      same("submit none", get(one.submit(CallContext::current)), NONE);
      same("submit b", get(in(B, () -> one.submit(CallContext::current))), B);
    }
    CompletableFuture<CallContext> executed = new CompletableFuture<>();
    in(
        A,
        () -> {
          one.execute(() -> executed.complete(CallContext.current()));
          return null;
        });
    same("execute", get(executed), A);
    same("afterwards", get(one.submit(CallContext::current)), NONE);
    List<Callable<CallContext>> both = Arrays.asList(CallContext::current, CallContext::current);
    for (Future<CallContext> each : in(B, () -> one.invokeAll(both))) {
      same("invokeAll", get(each), B);
    }
    in(
        A,
        () -> {
          one.execute(
              () -> {
                throw new IllegalStateException("expected by the test");
              });
          return null;
        });
    same("after a failure", get(one.submit(CallContext::current)), NONE);
    one.shutdown();
    ExecutorService cached = Executors.newCachedThreadPool();
    same("first task of a thread", get(in(A, () -> cached.submit(CallContext::current))), A);
    same("second task of a thread", get(cached.submit(CallContext::current)), NONE);
    cached.shutdown();
  }

  static final class Job implements Runnable, Comparable<Job> {
    public int compareTo(Job other) {
      return 0;
    }

    public void run() {}
  }

  static void ownObjects() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<Object> refused = new ArrayList<>();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(2),
            (task, from) -> refused.add(task));
    Job first = new Job();
    Job second = new Job();
    Job third = new Job();
    in(
        A,
        () -> {
          pool.execute(
              () -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  return;
                }
              });
          pool.execute(first);
          pool.execute(second);
          pool.execute(third);
          return null;
        });
    same("rejected", refused, Collections.singletonList(third));
    same("queue", new ArrayList<>(pool.getQueue()), Arrays.asList(first, second));
    same("remove", pool.remove(first), true);
    same("shutdownNow", pool.shutdownNow(), Collections.singletonList(second));
    go.countDown();
    ThreadPoolExecutor sorted =
        new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new PriorityBlockingQueue<>());
    CountDownLatch hold = new CountDownLatch(1);
    in(
        A,
        () -> {
          sorted.execute(new Job());
          sorted.execute(new Job());
          sorted.execute(new Job());
          return null;
        });
    hold.countDown();
    sorted.shutdown();
    same("sorted", sorted.awaitTermination(20, TimeUnit.SECONDS), true);
  }

  static void oneTaskForTwo() throws Exception {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    CountDownLatch go = new CountDownLatch(1);
    List<CallContext> seen = Collections.synchronizedList(new ArrayList<>());
    Runnable shared = () -> seen.add(CallContext.current());
    pool.execute(
        () -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            return;
          }
        });
    in(
        A,
        () -> {
          pool.execute(shared);
          return null;
        });
    in(
        B,
        () -> {
          pool.execute(shared);
          return null;
        });
    in(
        A,
        () -> {
          pool.execute(shared);
          return null;
        });
    go.countDown();
    pool.submit(() -> {}).get(20, TimeUnit.SECONDS);
    same("one object for two requests", seen, Arrays.asList(NONE, NONE, NONE));
    seen.clear();
    in(
        A,
        () -> {
          pool.execute(shared);
          return null;
        });
    pool.submit(() -> {}).get(20, TimeUnit.SECONDS);
    same("the same object later", seen, Arrays.asList(A));
    pool.shutdown();
  }

  static void scheduled() throws Exception {
    ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    same(
        "schedule",
        get(in(A, () -> timer.schedule(CallContext::current, 1, TimeUnit.MILLISECONDS))),
        A);
    same("schedule none", get(timer.submit(CallContext::current)), NONE);
    same("submit to a timer", get(in(B, () -> timer.submit(CallContext::current))), B);
    Set<CallContext> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch thrice = new CountDownLatch(3);
    ScheduledFuture<?> again =
        in(
            A,
            () ->
                timer.scheduleAtFixedRate(
                    () -> {
                      seen.add(CallContext.current());
                      thrice.countDown();
                    },
                    0,
                    1,
                    TimeUnit.MILLISECONDS));
    same("repeats", thrice.await(20, TimeUnit.SECONDS), true);
    again.cancel(false);
    same("repeating", seen, Collections.singleton(NONE));
    timer.shutdown();
  }

  static final class Sum extends RecursiveTask<Set<CallContext>> {
    final int depth;

    Sum(int depth) {
      this.depth = depth;
    }

    protected Set<CallContext> compute() {
      Set<CallContext> seen = new HashSet<>(Collections.singleton(CallContext.current()));
      if (depth > 0) {
        Sum left = new Sum(depth - 1);
        Sum right = new Sum(depth - 1);
        left.fork();
        seen.addAll(right.invoke());
        seen.addAll(left.join());
        Sum one = new Sum(0);
        Sum two = new Sum(0);
        ForkJoinTask.invokeAll(one, two);
        seen.addAll(one.join());
        seen.addAll(two.join());
        for (Sum each : ForkJoinTask.invokeAll(Arrays.asList(new Sum(0), new Sum(0), new Sum(0)))) {
          seen.addAll(each.join());
        }
        ForkJoinTask<?>[] array = {new Sum(0), new Sum(0)};
        ForkJoinTask.invokeAll(array);
        seen.addAll(((Sum) array[0]).join());
        seen.addAll(((Sum) array[1]).join());
      }
      return seen;
    }
  }

  static void forkJoin() throws Exception {
    ForkJoinPool pool = new ForkJoinPool(3);
    same("fork join submit", get(in(A, () -> pool.submit(CallContext::current))), A);
    same("fork join none", get(pool.submit(CallContext::current)), NONE);
    for (int i = 0; i < 20; i++) {
      Future<Set<CallContext>> a = in(A, () -> pool.submit(new Sum(5)));
      Future<Set<CallContext>> none = pool.submit(new Sum(5));
      Future<Set<CallContext>> b = in(B, () -> pool.submit(new Sum(5)));
      same("fork join a", a.get(20, TimeUnit.SECONDS), Collections.singleton(A));
      same("fork join beside", none.get(20, TimeUnit.SECONDS), Collections.singleton(NONE));
      same("fork join b", b.get(20, TimeUnit.SECONDS), Collections.singleton(B));
      same("fork join invoke", in(B, () -> pool.invoke(new Sum(3))), Collections.singleton(B));
      Set<CallContext> seen = ConcurrentHashMap.newKeySet();
      in(
          A,
          () -> {
            IntStream.range(0, 1000).parallel().forEach(n -> seen.add(CallContext.current()));
            return null;
          });
      same("parallel stream", seen, Collections.singleton(A));
      seen.clear();
      IntStream.range(0, 1000).parallel().forEach(n -> seen.add(CallContext.current()));
      same("parallel stream without", seen, Collections.singleton(NONE));
    }
    pool.shutdown();
  }

  static void futures() throws Exception {
    same("supplyAsync", get(in(A, () -> CompletableFuture.supplyAsync(CallContext::current))), A);
    same("supplyAsync none", get(CompletableFuture.supplyAsync(CallContext::current)), NONE);
    CompletableFuture<String> source = new CompletableFuture<>();
    List<CompletableFuture<CallContext>> stages = new ArrayList<>();
    in(
        A,
        () -> {
          stages.add(source.thenApply(x -> CallContext.current()));
          stages.add(source.thenApplyAsync(x -> CallContext.current()));
          stages.add(source.handle((x, e) -> CallContext.current()));
          stages.add(source.thenCompose(x -> CompletableFuture.supplyAsync(CallContext::current)));
          stages.add(source.thenCombine(source, (x, y) -> CallContext.current()));
          stages.add(source.applyToEither(new CompletableFuture<>(), x -> CallContext.current()));
          CompletableFuture<CallContext> told = new CompletableFuture<>();
          source.whenComplete((x, e) -> told.complete(CallContext.current()));
          stages.add(told);
          CompletableFuture<CallContext> accepted = new CompletableFuture<>();
          source.thenAccept(x -> accepted.complete(CallContext.current()));
          stages.add(accepted);
          CompletableFuture<CallContext> ran = new CompletableFuture<>();
          source.thenRunAsync(() -> ran.complete(CallContext.current()));
          stages.add(ran);
          CompletableFuture<CallContext> failed = new CompletableFuture<>();
          stages.add(source.thenCompose(x -> failed).exceptionally(e -> CallContext.current()));
          failed.completeExceptionally(new IllegalStateException());
          return null;
        });
    CompletableFuture<CallContext> outside = source.thenApply(x -> CallContext.current());
    in(B, () -> source.complete("done"));
    for (int i = 0; i < stages.size(); i++) {
      same("stage " + i, get(stages.get(i)), A);
    }
    same("stage without", get(outside), NONE);
    same(
        "stage of what is done", get(in(B, () -> source.thenApply(x -> CallContext.current()))), B);
  }

  static void virtualThreads() throws Exception {
    CompletableFuture<CallContext> seen = new CompletableFuture<>();
    Runnable task = () -> seen.complete(CallContext.current());
    in(A, () -> Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task));
    same("virtual thread", get(seen), A);
    ExecutorService each =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    same("virtual executor", get(in(A, () -> each.submit(CallContext::current))), A);
    same("virtual executor none", get(each.submit(CallContext::current)), NONE);
    each.shutdown();
  }
}
