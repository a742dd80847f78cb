package dev.weft.engine;

/** Where the engine gets its time; tests move it by hand. */
public interface Ticker {

  /** The JVM's monotonic clock. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since some fixed point; never goes back. Called on any thread. */
  long nanos();
}
