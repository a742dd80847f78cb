package dev.weft.engine;

/** Where the engine gets its time; tests move it by hand. */
public interface Ticker {

  /** The JVM's clocks. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since some fixed point; never goes back. Called on any thread. */
  long nanos();

  /** Seconds since 1970 as everybody counts them: for what others wrote a time into. */
  default long epochSeconds() {
    return System.currentTimeMillis() / 1000;
  }
}
