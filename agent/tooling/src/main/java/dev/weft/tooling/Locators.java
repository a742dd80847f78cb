package dev.weft.tooling;

import net.bytebuddy.dynamic.ClassFileLocator;
import org.jspecify.annotations.Nullable;

/** Where class files are read from. */
final class Locators {

  private Locators() {}

  /** What {@code loader} sees; null for the boot loader. */
  static ClassFileLocator of(@Nullable ClassLoader loader) {
    return ClassFileLocator.ForClassLoader.of(loader);
  }

  /** The adapter's own class files. */
  static ClassFileLocator of(InstalledAdapter adapter) {
    return new ClassFileLocator() {
      @Override
      public Resolution locate(String name) {
        byte[] classFile = adapter.classFile(name);
        return classFile == null
            ? new Resolution.Illegal(name)
            : new Resolution.Explicit(classFile);
      }

      @Override
      public void close() {}
    };
  }
}
