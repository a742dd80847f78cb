package dev.weft.tooling;

import java.security.ProtectionDomain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Defines the adapters' own classes next to one application class loader: sees the application's
 * library through its parent, and the waist through the boot loader. One per application class
 * loader; collected together with it.
 */
final class HookLoader extends ClassLoader {

  static {
    registerAsParallelCapable();
  }

  private static final String[] WAIST = {
    "dev.weft.bootstrap.",
    "dev.weft.context.",
    "dev.weft.outbound.",
    "dev.weft.inbound.",
    "dev.weft.transport."
  };

  private final List<InstalledAdapter> adapters;
  private final @Nullable ClassLoader agent;

  /**
   * @param application null for the boot loader's classes
   * @param agent asked last, for what neither the adapters nor the application have
   */
  HookLoader(
      @Nullable ClassLoader application,
      @Nullable ClassLoader agent,
      List<InstalledAdapter> adapters) {
    super(application);
    this.agent = agent;
    this.adapters = adapters;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> type = findLoadedClass(name);
      if (type == null) {
        type = defineOwn(name);
      }
      if (type == null) {
        type = delegate(name);
      }
      if (resolve) {
        resolveClass(type);
      }
      return type;
    }
  }

  private @Nullable Class<?> defineOwn(String name) {
    for (InstalledAdapter adapter : adapters) {
      byte[] classFile = adapter.classFile(name);
      if (classFile != null) {
        ProtectionDomain domain = HookLoader.class.getProtectionDomain();
        return defineClass(name, classFile, 0, classFile.length, domain);
      }
    }
    return null;
  }

  private Class<?> delegate(String name) throws ClassNotFoundException {
    for (String prefix : WAIST) {
      if (name.startsWith(prefix)) {
        // Not through the application's loader: some (OSGi) delegate only what they were told.
        return Class.forName(name, false, null);
      }
    }
    try {
      return super.loadClass(name, false);
    } catch (ClassNotFoundException e) {
      if (agent == null) {
        throw e;
      }
      return agent.loadClass(name);
    }
  }
}
