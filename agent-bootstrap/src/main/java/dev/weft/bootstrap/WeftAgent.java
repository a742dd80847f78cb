package dev.weft.bootstrap;

import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/**
 * Where the JVM enters the agent ({@code Premain-Class}, {@code Agent-Class}). Does nothing else.
 */
public final class WeftAgent {

  private WeftAgent() {}

  /**
   * Called by the JVM before {@code main}. Never throws: a failed agent leaves the JVM as it was.
   */
  public static void premain(@Nullable String arguments, Instrumentation instrumentation) {}

  /** Called by the JVM on attach. Never throws. */
  public static void agentmain(@Nullable String arguments, Instrumentation instrumentation) {
    premain(arguments, instrumentation);
  }
}
