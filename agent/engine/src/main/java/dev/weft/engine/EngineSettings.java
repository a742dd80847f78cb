package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import java.util.function.BooleanSupplier;

/** What may be set about the engine itself. Immutable. */
public final class EngineSettings {

  private static final long SECOND = 1_000_000_000L;

  /** Waits a second for the policy of a new host; has no identity, so no mutual TLS. */
  public static final EngineSettings DEFAULTS = new EngineSettings(SECOND, () -> false);

  private final long awaitNanos;
  private final BooleanSupplier mutualTlsAvailable;

  private EngineSettings(long awaitNanos, BooleanSupplier mutualTlsAvailable) {
    this.awaitNanos = awaitNanos;
    this.mutualTlsAvailable = requireNonNull(mutualTlsAvailable, "mutualTlsAvailable");
  }

  /** How long the first request to a host waits for its policy, at most. */
  public EngineSettings awaitNanos(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("awaitNanos: " + nanos + " (expected: >= 0)");
    }
    return new EngineSettings(nanos, mutualTlsAvailable);
  }

  /**
   * @param available whether this process has an identity now; asked for every attempt, quick
   */
  public EngineSettings mutualTlsAvailable(BooleanSupplier available) {
    return new EngineSettings(awaitNanos, available);
  }

  long awaitNanos() {
    return awaitNanos;
  }

  boolean isMutualTlsAvailable() {
    return mutualTlsAvailable.getAsBoolean();
  }
}
