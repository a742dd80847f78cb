package dev.weft.tooling;

import org.jspecify.annotations.Nullable;

/** The JDK's own class loader below the boot loader: platform (9+) or extension (8). */
final class PlatformLoader {

  private PlatformLoader() {}

  static @Nullable ClassLoader get() {
    return ClassLoader.getSystemClassLoader().getParent();
  }
}
