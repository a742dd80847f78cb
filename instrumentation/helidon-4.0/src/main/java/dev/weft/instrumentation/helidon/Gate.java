package dev.weft.instrumentation.helidon;

import dev.weft.instrumentation.PortGate;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What the mesh makes of one connection; its requests are decided one by one. */
final class Gate extends PortGate {

  private final Queue<Runnable> atEnd = new ConcurrentLinkedQueue<>();

  Gate(InetSocketAddress peer, int localPort, Runnable atEnd) {
    super(peer, localPort);
    this.atEnd.add(atEnd);
  }

  /** Runs {@code task} when the connection is over; at once where it is. */
  void onEnd(Runnable task) {
    atEnd.add(task);
    if (isOver()) {
      ended();
    }
  }

  @Override
  protected void ended() {
    for (Runnable task = atEnd.poll(); task != null; task = atEnd.poll()) {
      task.run();
    }
  }
}
