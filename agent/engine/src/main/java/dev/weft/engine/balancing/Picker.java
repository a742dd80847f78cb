package dev.weft.engine.balancing;

import dev.weft.model.Upstream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Picks one of a fixed set of hosts. Called by many threads at once. */
abstract class Picker {

  static final Host[] NO_HOSTS = {};

  /** Null where there are none. */
  abstract @Nullable Host pick();

  static Picker of(Upstream.LoadBalancer policy, Host[] hosts, LongUnaryOperator random) {
    if (hosts.length < 2) {
      return new Only(hosts.length == 0 ? null : hosts[0]);
    }
    boolean weighted = differ(hosts);
    switch (policy) {
      case ROUND_ROBIN:
        return weighted ? new Scheduled(hosts, false, random) : new RoundRobin(hosts, random);
      case RANDOM:
        return new Weighted(hosts, random);
      default:
        return weighted ? new Scheduled(hosts, true, random) : new LeastRequest(hosts, random);
    }
  }

  private static boolean differ(Host[] hosts) {
    int first = hosts[0].info().weight();
    for (Host host : hosts) {
      if (host.info().weight() != first) {
        return true;
      }
    }
    return false;
  }

  /** None or one. */
  private static final class Only extends Picker {
    private final @Nullable Host host;

    Only(@Nullable Host host) {
      this.host = host;
    }

    @Override
    @Nullable Host pick() {
      return host;
    }
  }

  /** One after the other; starts anywhere, so that many clients do not march in step. */
  private static final class RoundRobin extends Picker {
    private final Host[] hosts;
    private final AtomicLong next;

    RoundRobin(Host[] hosts, LongUnaryOperator random) {
      this.hosts = hosts;
      this.next = new AtomicLong(random.applyAsLong(hosts.length));
    }

    @Override
    Host pick() {
      return hosts[(int) (next.getAndIncrement() % hosts.length)];
    }
  }

  /** By weight. */
  private static final class Weighted extends Picker {
    private final Host[] hosts;
    private final LongUnaryOperator random;
    private final long[] upTo;

    Weighted(Host[] hosts, LongUnaryOperator random) {
      this.hosts = hosts;
      this.random = random;
      this.upTo = new long[hosts.length];
      long sum = 0;
      for (int i = 0; i < hosts.length; i++) {
        sum += hosts[i].info().weight();
        upTo[i] = sum;
      }
    }

    @Override
    Host pick() {
      long point = random.applyAsLong(upTo[upTo.length - 1]);
      int found = Arrays.binarySearch(upTo, point);
      return hosts[found >= 0 ? found + 1 : -found - 1];
    }
  }

  /** The less busy of two different hosts taken by chance. */
  private static final class LeastRequest extends Picker {
    private final Host[] hosts;
    private final LongUnaryOperator random;

    LeastRequest(Host[] hosts, LongUnaryOperator random) {
      this.hosts = hosts;
      this.random = random;
    }

    @Override
    Host pick() {
      int first = (int) random.applyAsLong(hosts.length);
      int second = (int) random.applyAsLong(hosts.length - 1L);
      if (second >= first) {
        second++;
      }
      return hosts[second].active() < hosts[first].active() ? hosts[second] : hosts[first];
    }
  }
}
