package dev.weft.smoke;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for something to become true, with a limit that fails the test. */
final class Await {

  static final Duration LIMIT = Duration.ofSeconds(90);

  private Await() {}

  static void until(String what, Callable<Boolean> condition) throws Exception {
    until(what, LIMIT, condition);
  }

  static void until(String what, Duration limit, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(what + ": not within " + limit.toSeconds() + " s");
      }
      LockSupport.parkNanos(50_000_000);
    }
  }
}
