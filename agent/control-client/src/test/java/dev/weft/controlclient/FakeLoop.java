package dev.weft.controlclient;

import java.util.PriorityQueue;

/** A loop whose time stands still until a test moves it. */
final class FakeLoop implements Loop {

  private record Entry(long at, long order, Runnable task) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Entry> queue = new PriorityQueue<>();
  private long now;
  private long order;
  private boolean stopped;

  @Override
  public void execute(Runnable task) {
    schedule(task, 0);
  }

  @Override
  public void schedule(Runnable task, long delayNanos) {
    if (!stopped) {
      queue.add(new Entry(now + delayNanos, order++, task));
    }
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void stop() {
    stopped = true;
    queue.clear();
  }

  /** Runs what is due now. */
  void run() {
    advance(0);
  }

  /** Moves time on, running on the way what falls due. */
  void advance(long nanos) {
    long end = now + nanos;
    while (!queue.isEmpty() && queue.peek().at() <= end) {
      Entry entry = queue.remove();
      now = Math.max(now, entry.at());
      entry.task().run();
    }
    now = end;
  }
}
