package dev.weft.controlclient;

/** The client's own thread and clock; tests turn it by hand. */
interface Loop {

  /** Runs {@code task} on the loop's thread, after those before it. Does nothing after stop. */
  void execute(Runnable task);

  /** Runs {@code task} on the loop's thread when {@code delayNanos} have passed. */
  void schedule(Runnable task, long delayNanos);

  /** Monotonic. */
  long nanos();

  /** Runs no further task. */
  void stop();
}
