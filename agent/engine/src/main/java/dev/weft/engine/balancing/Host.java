package dev.weft.engine.balancing;

import dev.weft.engine.address.IpLiteral;
import dev.weft.model.EndpointInfo;
import dev.weft.transport.Endpoint;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One endpoint of one upstream, as this process knows it. */
public final class Host {

  /** Where a generation of TLS is asked for: none. */
  public static final int PLAINTEXT = -1;

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
  private volatile @Nullable TlsEndpoint secured;
  private final ConcurrentHashMap<String, Endpoint> others = new ConcurrentHashMap<>(2);

  /** What the newest policy says of this endpoint. */
  static final class Known {
    final EndpointInfo info;
    final String plainHost;
    final String tlsBase;

    Known(EndpointInfo info, String plainHost, String tlsBase) {
      this.info = info;
      this.plainHost = plainHost;
      this.tlsBase = tlsBase;
    }
  }

  /** The endpoint that was asked for last, so that the usual attempt makes no name anew. */
  private static final class TlsEndpoint {
    final String base;
    final int generation;
    final Endpoint endpoint;

    TlsEndpoint(String base, int generation, Endpoint endpoint) {
      this.base = base;
      this.generation = generation;
      this.endpoint = endpoint;
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
   * @param transport {@link #PLAINTEXT}, or the generation of TLS
   * @param port the one that the caller addressed, for endpoints without a port of their own
   */
  public Endpoint endpoint(int transport, int port) {
    Known now = known;
    int effective = now.info.port() == 0 ? port : now.info.port();
    return transport == PLAINTEXT
        ? plain(now.plainHost, effective)
        : secured(now.tlsBase, transport, effective);
  }

  private Endpoint plain(String peerHost, int port) {
    Endpoint last = plain;
    if (last != null && last.port() == port && last.peerHost().equals(peerHost)) {
      return last;
    }
    Endpoint made = canonical(peerHost, port, false);
    plain = made;
    return made;
  }

  private Endpoint secured(String base, int generation, int port) {
    TlsEndpoint last = secured;
    if (last != null
        && last.generation == generation
        && last.endpoint.port() == port
        && last.base.equals(base)) {
      return last.endpoint;
    }
    Endpoint made = canonical(PeerHosts.tls(base, generation), port, true);
    secured = new TlsEndpoint(base, generation, made);
    return made;
  }

  private Endpoint canonical(String peerHost, int port, boolean tls) {
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
    Endpoint created = new Endpoint(peerHost, ip, port, tls);
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
