package dev.weft.tooling;

import org.jspecify.annotations.Nullable;

/** What to call a class loader in a message. */
final class Loaders {

  private Loaders() {}

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
