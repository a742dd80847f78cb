package dev.weft.identity;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A timer whose time stands still until a test moves it; starts at the real time of day. */
final class FakeTimer implements Timer {

  private static final class Entry {
    final long at;
    final long order;
    final Runnable task;

    Entry(long at, long order, Runnable task) {
      this.at = at;
      this.order = order;
      this.task = task;
    }
  }

  private final PriorityQueue<Entry> queue =
      new PriorityQueue<>(
          Comparator.<Entry>comparingLong(entry -> entry.at).thenComparingLong(e -> e.order));
  private long now = System.currentTimeMillis();
  private long order;

  @Override
  public synchronized long millis() {
    return now;
  }

  @Override
  public synchronized void schedule(Runnable task, long delayMillis) {
    queue.add(new Entry(now + delayMillis, order++, task));
  }

  /** Moves time on, running on the way what falls due. */
  void advance(long millis) {
    long end = millis() + millis;
    for (Entry next = due(end); next != null; next = due(end)) {
      next.task.run();
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized @Nullable Entry due(long end) {
    Entry next = queue.peek();
    if (next == null || next.at > end) {
      return null;
    }
    queue.remove();
    now = Math.max(now, next.at);
    return next;
  }

  /** The machine was asleep, or its clock was set: time passes and nothing ran. */
  synchronized void jump(long millis) {
    now += millis;
  }

  synchronized int planned() {
    return queue.size();
  }
}
