package dev.weft.engine.balancing;

import java.util.function.LongUnaryOperator;

/**
 * Weighted round robin by earliest deadline first, as Envoy does it: each pick takes the host that
 * is due, and makes it due again after {@code 1 / weight}. For least request the weight is divided
 * by the host's active requests plus one.
 */
final class Scheduled extends Picker {

  private static final long PHASES = 1 << 20;

  private final Host[] heap;
  private final double[] due;
  private final boolean leastRequest;

  Scheduled(Host[] hosts, boolean leastRequest, LongUnaryOperator random) {
    this.heap = hosts.clone();
    this.due = new double[hosts.length];
    this.leastRequest = leastRequest;
    for (int i = 0; i < hosts.length; i++) {
      // Somewhere in its first turn, so that many clients do not march in step.
      due[i] = (random.applyAsLong(PHASES) + 1.0) / PHASES / hosts[i].info().weight();
    }
    for (int i = hosts.length / 2 - 1; i >= 0; i--) {
      sink(i);
    }
  }

  @Override
  synchronized Host pick() {
    Host host = heap[0];
    double weight = host.info().weight();
    if (leastRequest) {
      weight /= host.active() + 1.0;
    }
    due[0] += 1.0 / weight;
    sink(0);
    return host;
  }

  private void sink(int start) {
    int at = start;
    Host host = heap[at];
    double time = due[at];
    int child = 2 * at + 1;
    while (child < heap.length) {
      if (child + 1 < heap.length && due[child + 1] < due[child]) {
        child++;
      }
      if (due[child] >= time) {
        break;
      }
      heap[at] = heap[child];
      due[at] = due[child];
      at = child;
      child = 2 * at + 1;
    }
    heap[at] = host;
    due[at] = time;
  }
}
