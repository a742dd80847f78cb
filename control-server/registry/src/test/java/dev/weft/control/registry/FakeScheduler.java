package dev.weft.control.registry;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that a test moves. */
final class FakeScheduler implements Scheduler {

  private record Task(long due, long order, Runnable action) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::order));
  private long now = 1_000;
  private long order;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void after(Duration delay, Runnable task) {
    tasks.add(new Task(now + delay.toNanos(), order++, task));
  }

  /** Lets time pass and runs what becomes due, in order. */
  void pass(Duration time) {
    long end = now + time.toNanos();
    while (!tasks.isEmpty() && tasks.peek().due() <= end) {
      Task next = tasks.remove();
      now = next.due();
      next.action().run();
    }
    now = end;
  }
}
