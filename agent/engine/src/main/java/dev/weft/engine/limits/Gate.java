package dev.weft.engine.limits;

import dev.weft.model.ConnectionPool;
import dev.weft.model.RetryBudget;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is under way to one upstream, against its limits. Lives longer than any snapshot: a
 * policy change neither forgets nor frees what is under way. Each successful {@code try} must be
 * followed by exactly one {@code leave} of the same kind.
 */
public final class Gate {

  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong overflows = new AtomicLong();
  private final AtomicLong retryOverflows = new AtomicLong();

  /**
   * Admits one attempt. The bound is {@code maxRequests}, and for HTTP/1.1, where each attempt
   * occupies a connection, {@code maxConnections + maxPendingRequests}: the request that would find
   * Envoy's connections busy and its queue full is the one that is refused here.
   */
  public boolean tryEnter(ConnectionPool limits) {
    if (active.incrementAndGet() <= bound(limits)) {
      return true;
    }
    active.decrementAndGet();
    overflows.incrementAndGet();
    return false;
  }

  private static int bound(ConnectionPool limits) {
    long connections = (long) limits.maxConnections() + limits.maxPendingRequests();
    return (int) Math.min(limits.maxRequests(), connections);
  }

  public void leave() {
    active.decrementAndGet();
  }

  /** Admits one retry: by the budget where there is one, else by {@code maxRetries}. */
  public boolean tryRetry(ConnectionPool limits, @Nullable RetryBudget budget) {
    // The request that asks still counts itself as active, as it does in Envoy.
    int bound =
        budget == null
            ? limits.maxRetries()
            : (int) Math.max(budget.minConcurrency(), budget.percent() / 100.0 * active.get());
    if (retries.incrementAndGet() <= bound) {
      return true;
    }
    retries.decrementAndGet();
    retryOverflows.incrementAndGet();
    return false;
  }

  public void leaveRetry() {
    retries.decrementAndGet();
  }

  /** Admits one connection of a library that no adapter knows, by {@code maxConnections}. */
  public boolean tryConnect(ConnectionPool limits) {
    if (connections.incrementAndGet() <= limits.maxConnections()) {
      return true;
    }
    connections.decrementAndGet();
    overflows.incrementAndGet();
    return false;
  }

  public void leaveConnection() {
    connections.decrementAndGet();
  }

  /** Open connections of libraries that no adapter knows. */
  public int connections() {
    return connections.get();
  }

  public int active() {
    return active.get();
  }

  public int activeRetries() {
    return retries.get();
  }

  /** Attempts that were refused so far. */
  public long overflows() {
    return overflows.get();
  }

  /** Retries that were refused so far. */
  public long retryOverflows() {
    return retryOverflows.get();
  }
}
