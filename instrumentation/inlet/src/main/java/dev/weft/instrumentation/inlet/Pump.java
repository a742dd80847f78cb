package dev.weft.instrumentation.inlet;

import dev.weft.bootstrap.Mesh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A daemon thread that moves the bytes of some links. There are a few of them, started by the first
 * connections; idle links hold no buffer.
 */
final class Pump implements Runnable {

  /** More than a TLS record of any kind that is usual, with its overhead. */
  static final int BUFFER = 18 * 1024;

  private static final int SPARE_BUFFERS = 32;
  private static final long SWEEP_MILLIS = 1_000;
  private static final int THREADS =
      Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));

  private static final @Nullable Pump[] PUMPS = new @Nullable Pump[THREADS];
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  // Of the pump's thread.
  private final Set<Link> links = new HashSet<>();
  private final Deque<ByteBuffer> spare = new ArrayDeque<>();

  /** For what is moved in one go. */
  final ByteBuffer scratch = ByteBuffer.allocate(16 * 1024);

  private Pump() throws IOException {
    selector = Selector.open();
  }

  /**
   * The pump for the next connection.
   *
   * @throws IOException when there is no file descriptor left for its selector
   */
  static Pump next() throws IOException {
    int index = (NEXT.getAndIncrement() & Integer.MAX_VALUE) % THREADS;
    synchronized (PUMPS) {
      Pump known = PUMPS[index];
      if (known == null) {
        known = new Pump();
        PUMPS[index] = known;
        Thread thread = new Thread(null, known, "weft-inlet-" + index);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
      }
      return known;
    }
  }

  /** Runs {@code task} on the pump's thread. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  void add(Link link) {
    execute(
        () -> {
          links.add(link);
          link.start(selector);
        });
  }

  void remove(Link link) {
    links.remove(link);
  }

  /** An empty buffer; give it back with {@link #release}. */
  ByteBuffer acquire() {
    ByteBuffer known = spare.poll();
    return known == null ? ByteBuffer.allocate(BUFFER) : known;
  }

  void release(ByteBuffer buffer) {
    if (buffer.capacity() == BUFFER && spare.size() < SPARE_BUFFERS) {
      buffer.clear();
      spare.add(buffer);
    }
  }

  @Override
  public void run() {
    long sweepAt = System.nanoTime();
    while (selector.isOpen()) {
      try {
        selector.select(links.isEmpty() ? 0 : SWEEP_MILLIS);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        moveReady();
        long now = System.nanoTime();
        if (now - sweepAt >= SWEEP_MILLIS * 1_000_000) {
          sweepAt = now;
          for (Link link : new ArrayList<>(links)) {
            link.sweep(now);
          }
        }
      } catch (IOException e) {
        Mesh.problem("inlet pump", e);
        end();
      } catch (Throwable t) {
        Mesh.problem("inlet pump", t);
      }
    }
  }

  private void moveReady() {
    Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
    while (ready.hasNext()) {
      Object link = ready.next().attachment();
      ready.remove();
      if (link instanceof Link) {
        ((Link) link).move();
      }
    }
  }

  /** A selector that fails once would fail for ever. The next connection gets another pump. */
  private void end() {
    synchronized (PUMPS) {
      for (int i = 0; i < PUMPS.length; i++) {
        if (PUMPS[i] == this) {
          PUMPS[i] = null;
        }
      }
    }
    for (Link link : new ArrayList<>(links)) {
      link.reset();
    }
    try {
      selector.close();
    } catch (IOException e) {
      Mesh.problem("inlet pump", e);
    }
  }
}
