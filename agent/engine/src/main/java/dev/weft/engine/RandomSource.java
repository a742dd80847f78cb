package dev.weft.engine;

import java.util.concurrent.ThreadLocalRandom;

/** Where the engine gets chance; tests seed it. */
public interface RandomSource {

  RandomSource SYSTEM = bound -> ThreadLocalRandom.current().nextLong(bound);

  /**
   * A number from 0 (inclusive) to {@code bound} (exclusive), evenly; {@code bound} is positive.
   */
  long nextLong(long bound);
}
