package dev.weft.identity;

/** The time and the thread of certificates; tests turn both by hand. */
public interface Timer {

  /** The time of day, as certificates know it: milliseconds since 1970. Any thread. */
  long millis();

  /** Runs {@code task} when {@code delayMillis} have passed, one task at a time. Any thread. */
  void schedule(Runnable task, long delayMillis);
}
