package dev.weft.controlclient;

import dev.weft.engine.RandomSource;

/**
 * Full-jitter waiting times: evenly from zero to a bound that doubles from 0.5 s to 30 s, so that a
 * thousand agents that lost the same server do not come back in step.
 */
final class Backoff {

  static final long FIRST_NANOS = 500_000_000L;
  static final long MAX_NANOS = 30_000_000_000L;

  private final RandomSource random;
  private int failures;

  Backoff(RandomSource random) {
    this.random = random;
  }

  long nextNanos() {
    long bound = Math.min(MAX_NANOS, FIRST_NANOS << Math.min(failures, 10));
    failures++;
    return random.nextLong(bound) + 1;
  }

  void reset() {
    failures = 0;
  }
}
