package dev.weft.tooling;

import org.jspecify.annotations.Nullable;

/** Whose a class loader is, and what to call it in a message. */
final class Loaders {

  private static final String OPEN_TELEMETRY_AGENT = "io.opentelemetry.javaagent.";

  private Loaders() {}

  /** True where what is loaded belongs to the OpenTelemetry agent and not to the application. */
  static boolean isOfOtherAgent(@Nullable ClassLoader loader) {
    return loader != null && loader.getClass().getName().startsWith(OPEN_TELEMETRY_AGENT);
  }

  /** Short and telling; never calls code of the application. */
  static String describe(@Nullable ClassLoader loader) {
    if (loader == null) {
      return "boot";
    }
    if (loader == PlatformLoader.get()) {
      return "platform";
    }
    if (loader == ClassLoader.getSystemClassLoader()) {
      return "app";
    }
    return loader.getClass().getName() + '@' + Integer.toHexString(System.identityHashCode(loader));
  }
}
