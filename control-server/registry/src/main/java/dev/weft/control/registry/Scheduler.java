package dev.weft.control.registry;

import java.time.Duration;

/** Time, as the registry needs it. */
public interface Scheduler {

  /** Nanoseconds of a clock that only goes forward. */
  long nanoTime();

  /** Runs {@code task} once, on any thread, no earlier than {@code delay} from now. */
  void after(Duration delay, Runnable task);
}
