package dev.weft.engine.balancing;

import dev.weft.model.OutlierDetection;
import org.jspecify.annotations.Nullable;

/**
 * Who is out, and for how long. Callers hold the pool's lock.
 *
 * <p>As Envoy, with one difference: of two or more endpoints one may always be ejected, so that
 * outlier detection works for small services, too.
 */
final class Ejections {

  private static final long MAX_EJECTION_NANOS = 300_000_000_000L;

  private Ejections() {}

  /** Ejects a host unless too many are out already. Returns whether it is out now and was not. */
  static boolean eject(Host host, Host[] all, OutlierDetection policy, long now) {
    if (host.ejected) {
      return false;
    }
    int ejected = 0;
    boolean member = false;
    for (Host one : all) {
      ejected += one.ejected ? 1 : 0;
      member |= one == host;
    }
    boolean withinPercent = (ejected + 1) * 100L <= (long) policy.maxEjectionPercent() * all.length;
    boolean firstOfSeveral = ejected == 0 && all.length >= 2;
    if (!member || !(withinPercent || firstOfSeveral)) {
      return false;
    }
    long base = policy.baseEjectionNanos();
    if (host.ejectionMultiplier * base < MAX_EJECTION_NANOS + base) {
      host.ejectionMultiplier++;
    }
    long longest = Math.max(base, MAX_EJECTION_NANOS);
    host.ejectedUntil = now + Math.min(base * host.ejectionMultiplier, longest);
    host.ejected = true;
    return true;
  }

  /**
   * Makes up for the sweeps that were due since {@code first}: lets hosts return whose time is
   * over, and takes one off the multiplier for each sweep that finds a host in.
   *
   * @return whether a host returned
   */
  static boolean sweep(Host[] all, long first, long interval, long sweeps) {
    boolean returned = false;
    long last = first + (sweeps - 1) * interval;
    for (Host host : all) {
      long healthySweeps = sweeps;
      if (host.ejected) {
        if (last - host.ejectedUntil < 0) {
          continue;
        }
        long late = host.ejectedUntil - first;
        long returnsAt = late <= 0 ? 0 : (late + interval - 1) / interval;
        healthySweeps = sweeps - returnsAt - 1;
        host.ejected = false;
        clearCounters(host);
        returned = true;
      }
      host.ejectionMultiplier =
          (int) Math.max(0, host.ejectionMultiplier - Math.max(0, healthySweeps));
    }
    return returned;
  }

  /** Nobody watches this host any more. */
  static void forget(Host host) {
    host.ejected = false;
    host.ejectionMultiplier = 0;
    clearCounters(host);
  }

  private static void clearCounters(Host host) {
    host.consecutive5xx.set(0);
    host.consecutiveGatewayErrors.set(0);
    host.consecutiveLocalFailures.set(0);
  }

  /** Those who may be picked: all who are in, or simply all when too few are. */
  static Host[] eligible(Host[] all, @Nullable OutlierDetection policy) {
    int in = 0;
    for (Host host : all) {
      in += host.ejected ? 0 : 1;
    }
    boolean panic = policy != null && in * 100L < (long) policy.minHealthPercent() * all.length;
    if (in == all.length || panic) {
      return all;
    }
    Host[] eligible = new Host[in];
    int next = 0;
    for (Host host : all) {
      if (!host.ejected) {
        eligible[next++] = host;
      }
    }
    return eligible;
  }
}
