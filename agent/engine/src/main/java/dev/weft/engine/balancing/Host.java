package dev.weft.engine.balancing;

import dev.weft.engine.snapshot.IpLiteral;
import dev.weft.model.EndpointInfo;
import dev.weft.transport.Endpoint;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One endpoint of one upstream, as this process knows it. */
public final class Host {

  /** Ports under which an endpoint without a port of its own is remembered. */
  private static final int MAX_PORTS = 64;

  private final byte @Nullable [] ip;
  private volatile Known known;

  private final AtomicInteger active = new AtomicInteger();
  private final LongAdder total = new LongAdder();
  private final LongAdder successes = new LongAdder();

  final AtomicInteger consecutive5xx = new AtomicInteger();
  final AtomicInteger consecutiveGatewayErrors = new AtomicInteger();
  final AtomicInteger consecutiveLocalFailures = new AtomicInteger();

  // Guarded by the pool's lock; volatile for views.
  volatile boolean ejected;
  volatile long ejectedUntil;
  int ejectionMultiplier;

  private volatile @Nullable Endpoint plain;
  private volatile @Nullable Endpoint mutual;
  private final ConcurrentHashMap<String, Endpoint> others = new ConcurrentHashMap<>(2);

  /** What the newest policy says of this endpoint. */
  static final class Known {
    final EndpointInfo info;
    final String plainHost;
    final String mutualHost;

    Known(EndpointInfo info, String plainHost, String mutualHost) {
      this.info = info;
      this.plainHost = plainHost;
      this.mutualHost = mutualHost;
    }
  }

  Host(Known known) {
    this.known = known;
    this.ip = IpLiteral.parse(known.info.address());
  }

  void update(Known newest) {
    known = newest;
  }

  public EndpointInfo info() {
    return known.info;
  }

  /** Whether the address is an IP literal; a DNS name is for the application's library. */
  public boolean isAddress() {
    return ip != null;
  }

  /**
   * Where to connect. The same object for the same port, transport and expected identities.
   *
   * @param port the one that the caller addressed, for endpoints without a port of their own
   */
  public Endpoint endpoint(boolean mutualTls, int port) {
    Known now = known;
    int effective = now.info.port() == 0 ? port : now.info.port();
    String peerHost = mutualTls ? now.mutualHost : now.plainHost;
    Endpoint last = mutualTls ? mutual : plain;
    if (last != null && last.port() == effective && last.peerHost().equals(peerHost)) {
      return last;
    }
    Endpoint made = canonical(peerHost, effective, mutualTls);
    if (mutualTls) {
      mutual = made;
    } else {
      plain = made;
    }
    return made;
  }

  private Endpoint canonical(String peerHost, int port, boolean mutualTls) {
    if (ip == null) {
      throw new IllegalStateException(known.info.address() + ": not an IP address");
    }
    String key = peerHost + ":" + port;
    Endpoint made = others.get(key);
    if (made != null) {
      return made;
    }
    if (others.size() >= MAX_PORTS) {
      others.clear();
    }
    Endpoint created = new Endpoint(peerHost, ip, port, mutualTls);
    Endpoint raced = others.putIfAbsent(key, created);
    return raced == null ? created : raced;
  }

  void begin() {
    active.incrementAndGet();
    total.increment();
  }

  void end() {
    active.decrementAndGet();
  }

  void succeeded() {
    successes.increment();
  }

  /** Attempts under way. */
  public int active() {
    return active.get();
  }

  /** Attempts so far. */
  public long total() {
    return total.sum();
  }

  /** Attempts that were answered with less than 500. */
  public long successes() {
    return successes.sum();
  }

  public boolean ejected() {
    return ejected;
  }

  /** By the engine's ticker; meaningful while {@link #ejected()}. */
  public long ejectedUntil() {
    return ejectedUntil;
  }

  public int consecutive5xx() {
    return consecutive5xx.get();
  }

  public int consecutiveGatewayErrors() {
    return consecutiveGatewayErrors.get();
  }

  public int consecutiveLocalFailures() {
    return consecutiveLocalFailures.get();
  }
}
