package dev.weft.control.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes guessing slow: after some failures of one address at one token, further attempts are not
 * looked at until time has passed. Others, and other tokens from the same address, are not held up.
 * Thread-safe; its memory is bounded.
 */
final class FailureLimit {

  /** So many in a row are taken for mistakes. */
  static final int BURST = 10;

  /** After that one attempt each so long. */
  static final Duration REFILL = Duration.ofSeconds(6);

  private static final int MAX_KEYS = 10_000;

  private record Key(String address, String id) {}

  /** Failures so far, less what time has made good, as of {@code atMillis}. */
  private record Level(double failures, long atMillis) {
    double at(long now) {
      return Math.max(0, failures - (double) (now - atMillis) / REFILL.toMillis());
    }
  }

  private final InstantSource clock;
  private final Map<Key, Level> levels = new LinkedHashMap<>(16, 0.75f, true);

  FailureLimit(InstantSource clock) {
    this.clock = clock;
  }

  /** How many seconds the caller has to wait; 0: none. */
  synchronized long waitSeconds(String address, String id) {
    Level level = levels.get(new Key(address, id));
    if (level == null) {
      return 0;
    }
    double over = level.at(clock.millis()) - (BURST - 1);
    return over <= 0 ? 0 : (long) Math.ceil(over * REFILL.toSeconds());
  }

  synchronized void failed(String address, String id) {
    long now = clock.millis();
    Key key = new Key(address, id);
    Level level = levels.getOrDefault(key, new Level(0, now));
    levels.put(key, new Level(level.at(now) + 1, now));
    if (levels.size() > MAX_KEYS) {
      // The one that was quiet for the longest time.
      levels.remove(levels.keySet().iterator().next());
    }
  }
}
