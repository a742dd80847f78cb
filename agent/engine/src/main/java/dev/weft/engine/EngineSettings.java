package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import java.util.function.IntSupplier;

/** What may be set about the engine itself. Immutable. */
public final class EngineSettings {

  private static final long SECOND = 1_000_000_000L;

  /** Waits a second for the policy of a new host; has no identity, so no mutual TLS. */
  public static final EngineSettings DEFAULTS = new EngineSettings(SECOND, () -> 0);

  private final long awaitNanos;
  private final IntSupplier identityGeneration;

  private EngineSettings(long awaitNanos, IntSupplier identityGeneration) {
    this.awaitNanos = awaitNanos;
    this.identityGeneration = requireNonNull(identityGeneration, "identityGeneration");
  }

  /** How long the first request to a host waits for its policy, at most. */
  public EngineSettings awaitNanos(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("awaitNanos: " + nanos + " (expected: >= 0)");
    }
    return new EngineSettings(nanos, identityGeneration);
  }

  /**
   * @param generation 0 as long as this process has no identity; another number whenever
   *     connections that were opened so far must not be used again, because our certificate or whom
   *     we trust changed. Asked for every attempt, quick
   */
  public EngineSettings identityGeneration(IntSupplier generation) {
    return new EngineSettings(awaitNanos, generation);
  }

  long awaitNanos() {
    return awaitNanos;
  }

  int identityGeneration() {
    return identityGeneration.getAsInt();
  }
}
