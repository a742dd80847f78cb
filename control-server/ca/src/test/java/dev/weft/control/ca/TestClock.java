package dev.weft.control.ca;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Stands still until it is turned. */
final class TestClock implements InstantSource {

  private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  void turn(Duration by) {
    now = now.plus(by);
  }

  @Override
  public Instant instant() {
    return now;
  }
}
