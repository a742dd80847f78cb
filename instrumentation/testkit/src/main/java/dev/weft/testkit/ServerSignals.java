package dev.weft.testkit;

import dev.weft.context.CallContext;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How a test and the sample application that it started in the same JVM wait for each other. Static
 * because containers make the application's objects themselves.
 */
public final class ServerSignals {

  private static final Map<String, Semaphore> SIGNALS = new ConcurrentHashMap<>();

  private static final String CALLED = "called";
  private static final BlockingQueue<CallContext> CONTEXTS = new LinkedBlockingQueue<>();

  private ServerSignals() {}

  public static void reset() {
    SIGNALS.clear();
    CONTEXTS.clear();
  }

  /** Lets one {@link #await} of the same name go on. */
  public static void give(String name) {
    if (name.equals(CALLED)) {
      CONTEXTS.add(CallContext.current());
    }
    signal(name).release();
  }

  /** Whether {@code name} was given; takes it. Waits up to ten seconds. */
  public static boolean await(String name) {
    try {
      return signal(name).tryAcquire(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Gives {@code name} again and again until {@code end} is given, and takes that. Paced: lines at
   * any speed keep a server on one thread from hearing that nobody reads. Fails after 20 seconds.
   */
  public static void giveUntil(String end, String name) {
    long begun = System.nanoTime();
    while (!poll(end)) {
      if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(20)) {
        throw new AssertionError("nobody gave " + end);
      }
      give(name);
      LockSupport.parkNanos(200_000);
    }
  }

  /** What was current when {@code called} was given, the first time that was not asked for yet. */
  public static CallContext contextOfACall() throws InterruptedException {
    CallContext context = CONTEXTS.poll(10, TimeUnit.SECONDS);
    if (context == null) {
      throw new AssertionError("the application was not called");
    }
    return context;
  }

  /** How often {@code name} was given and not taken. */
  public static int count(String name) {
    return signal(name).availablePermits();
  }

  /** Takes {@code name} if it was given. */
  public static boolean poll(String name) {
    return signal(name).tryAcquire();
  }

  private static Semaphore signal(String name) {
    return SIGNALS.computeIfAbsent(name, absent -> new Semaphore(0));
  }
}
