package dev.weft.engine.balancing;

import dev.weft.engine.snapshot.CompiledUpstream;
import dev.weft.model.EndpointInfo;
import dev.weft.model.OutlierDetection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of one upstream with what this process learned of them. Outlives snapshots: it follows
 * the newest endpoints that it was shown, and hosts that stay keep their counters and ejections.
 * All methods may be called on any thread.
 */
public final class HostPool {

  /** How often a retry looks for a host that was not tried yet. */
  private static final int RESELECTIONS = 5;

  /** One consistent view: replaced as a whole. */
  private static final class Hosts {
    final CompiledUpstream upstream;
    final Host[] all;
    final Picker picker;

    Hosts(CompiledUpstream upstream, Host[] all, Picker picker) {
      this.upstream = upstream;
      this.all = all;
      this.picker = picker;
    }
  }

  private final LongUnaryOperator random;
  private volatile @Nullable Hosts hosts;
  private volatile long nextSweep;

  /** By what the names for TLS begin with. */
  private volatile Map<String, Set<String>> identities = Collections.emptyMap();

  public HostPool(LongUnaryOperator random) {
    this.random = random;
  }

  /**
   * Picks a host for an attempt and counts it as active there: {@link #end} must follow.
   *
   * @param tried the hosts to avoid, if others turn up within a few picks; null for none
   * @return null where no host is there or all are ejected
   */
  public @Nullable Host begin(CompiledUpstream upstream, long now, @Nullable List<Host> tried) {
    Hosts current = current(upstream, now);
    Host picked = current.picker.pick();
    if (tried != null) {
      for (int i = 0; i < RESELECTIONS && picked != null && tried.contains(picked); i++) {
        picked = current.picker.pick();
      }
    }
    if (picked != null) {
      picked.begin();
    }
    return picked;
  }

  /** As {@link #begin}, with the host that has this very address, ejected or not; else null. */
  public @Nullable Host beginAt(CompiledUpstream upstream, long now, String address, int port) {
    for (Host host : current(upstream, now).all) {
      EndpointInfo info = host.info();
      if (info.port() == port && info.address().equals(address)) {
        host.begin();
        return host;
      }
    }
    return null;
  }

  /** The attempt is over, whatever came of it. */
  public void end(Host host) {
    host.end();
  }

  /** The hosts that an attempt could go to at most; those ejected included. */
  public List<Host> all(CompiledUpstream upstream, long now) {
    return Arrays.asList(current(upstream, now).all);
  }

  /** The hosts as they were last seen; without side effects. */
  public List<Host> view() {
    Hosts current = hosts;
    return current == null ? Collections.emptyList() : Arrays.asList(current.all);
  }

  /** The identities behind a synthetic host name of this pool; null where it is not of it. */
  public @Nullable Set<String> identities(String peerHost) {
    String base = PeerHosts.baseOf(peerHost);
    return base == null ? null : identities.get(base);
  }

  /** The attempt was answered with {@code status}. */
  public void answered(Host host, int status, long now) {
    if (status < 500) {
      host.succeeded();
    }
    Hosts current = hosts;
    OutlierDetection policy = current == null ? null : current.upstream.source.outlierDetection();
    if (policy == null) {
      return;
    }
    if (policy.splitExternalLocalOriginErrors()) {
      reset(host.consecutiveLocalFailures);
    }
    count(host, status, policy, now);
  }

  /**
   * The attempt ended without a response.
   *
   * @param timedOut whether its time was over, which counts as 504 and else as 503
   */
  public void failed(Host host, boolean timedOut, long now) {
    Hosts current = hosts;
    OutlierDetection policy = current == null ? null : current.upstream.source.outlierDetection();
    if (policy == null) {
      return;
    }
    if (!policy.splitExternalLocalOriginErrors()) {
      count(host, timedOut ? 504 : 503, policy, now);
    } else {
      failure(host, host.consecutiveLocalFailures, policy.consecutiveLocalOriginFailures(), now);
    }
  }

  private void count(Host host, int status, OutlierDetection policy, long now) {
    if (status < 500) {
      reset(host.consecutive5xx);
      reset(host.consecutiveGatewayErrors);
      return;
    }
    if (status < 502 || status > 504) {
      reset(host.consecutiveGatewayErrors);
    } else {
      failure(host, host.consecutiveGatewayErrors, policy.consecutiveGatewayErrors(), now);
    }
    failure(host, host.consecutive5xx, policy.consecutive5xx(), now);
  }

  /** One more in a row; {@code limit} 0 is none. */
  private void failure(Host host, AtomicInteger counter, int limit, long now) {
    if (counter.incrementAndGet() >= limit && limit > 0) {
      eject(host, now);
      // Starts anew even if the host could not be ejected, as in Envoy.
      counter.set(0);
    }
  }

  /** Writes only where there is something to forget: the usual success touches no cache line. */
  private static void reset(AtomicInteger counter) {
    if (counter.get() != 0) {
      counter.set(0);
    }
  }

  private Hosts current(CompiledUpstream upstream, long now) {
    Hosts current = hosts;
    if (current == null
        || (current.upstream != upstream && current.upstream.generation < upstream.generation)) {
      current = follow(upstream, now);
    }
    if (current.upstream.source.outlierDetection() != null && now - nextSweep >= 0) {
      current = sweep(now);
    }
    return current;
  }

  private synchronized Hosts follow(CompiledUpstream upstream, long now) {
    Hosts last = hosts;
    if (last != null && last.upstream.generation >= upstream.generation) {
      return last;
    }
    Map<String, Host> known = new HashMap<>();
    if (last != null) {
      for (Host host : last.all) {
        known.put(key(host.info()), host);
      }
    }
    String plainHost = PeerHosts.plain(upstream.source);
    Map<String, Set<String>> expected = new HashMap<>();
    List<Host> all = new ArrayList<>(upstream.endpoints.size());
    for (EndpointInfo info : upstream.endpoints) {
      String tlsBase = PeerHosts.tlsBase(upstream.source, info);
      expected.put(tlsBase, PeerHosts.identities(upstream.source, info));
      Host.Known newest = new Host.Known(info, plainHost, tlsBase);
      Host host = known.remove(key(info));
      if (host == null) {
        host = new Host(newest);
      } else {
        host.update(newest);
      }
      all.add(host);
    }
    OutlierDetection policy = upstream.source.outlierDetection();
    if (policy == null) {
      for (Host host : all) {
        Ejections.forget(host);
      }
    } else if (last == null || last.upstream.source.outlierDetection() == null) {
      nextSweep = now + policy.intervalNanos();
    }
    identities = expected;
    return publish(upstream, all.toArray(Picker.NO_HOSTS));
  }

  private static String key(EndpointInfo info) {
    return info.address() + "|" + info.port();
  }

  private Hosts publish(CompiledUpstream upstream, Host[] all) {
    Host[] eligible = Ejections.eligible(all, upstream.source.outlierDetection());
    Hosts made =
        new Hosts(upstream, all, Picker.of(upstream.source.loadBalancer(), eligible, random));
    hosts = made;
    return made;
  }

  private synchronized Hosts sweep(long now) {
    Hosts current = hosts;
    if (current == null) {
      throw new IllegalStateException("swept before the first endpoints");
    }
    OutlierDetection policy = current.upstream.source.outlierDetection();
    if (policy == null || now - nextSweep < 0) {
      return current;
    }
    long interval = Math.max(1, policy.intervalNanos());
    long sweeps = (now - nextSweep) / interval + 1;
    boolean changed = Ejections.sweep(current.all, nextSweep, interval, sweeps);
    nextSweep += sweeps * interval;
    return changed ? publish(current.upstream, current.all) : current;
  }

  private synchronized void eject(Host host, long now) {
    Hosts current = hosts;
    OutlierDetection policy = current == null ? null : current.upstream.source.outlierDetection();
    if (current != null && policy != null && Ejections.eject(host, current.all, policy, now)) {
      publish(current.upstream, current.all);
    }
  }
}
