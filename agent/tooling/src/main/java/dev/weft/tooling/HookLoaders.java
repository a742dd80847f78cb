package dev.weft.tooling;

import dev.weft.bootstrap.AdviceBridge;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The hook loaders of all application class loaders; finds advice in them. Thread-safe.
 *
 * <p>Both ends are held weakly: what keeps a hook loader alive is the call sites of the hooked
 * classes, so that it goes away with the application's loader.
 */
final class HookLoaders implements AdviceBridge.Linker {

  private final List<InstalledAdapter> adapters;
  private final @Nullable ClassLoader agent;
  private final Map<ClassLoader, WeakReference<HookLoader>> loaders = new WeakHashMap<>();
  private @Nullable HookLoader jdk;
  private volatile AdviceBridge.@Nullable Linker before;

  /**
   * @param agent the agent's own class loader
   */
  HookLoaders(@Nullable ClassLoader agent, List<InstalledAdapter> adapters) {
    this.agent = agent;
    this.adapters = adapters;
  }

  /** From now on the JVM asks here for advice. */
  void use() {
    before = AdviceBridge.use(this);
  }

  @Override
  public MethodHandle find(
      Class<?> caller, String adapter, String adviceClass, String method, String descriptor)
      throws Throwable {
    AdviceBridge.Linker earlier = before;
    InstalledAdapter installed = named(adapter);
    if (installed == null && earlier != null) {
      return earlier.find(caller, adapter, adviceClass, method, descriptor);
    }
    String refusal = installed == null ? null : installed.state().refusal(caller.getClassLoader());
    if (refusal != null) {
      throw new IllegalStateException("adapter " + adapter + " is not used: " + refusal);
    }
    HookLoader loader = beside(caller.getClassLoader());
    Class<?> advice = Class.forName(adviceClass, true, loader);
    MethodType type = MethodType.fromMethodDescriptorString(descriptor, loader);
    Method found = advice.getDeclaredMethod(method, type.parameterArray());
    // Advice classes are package-private in their own package.
    found.setAccessible(true);
    return MethodHandles.lookup().unreflect(found);
  }

  private @Nullable InstalledAdapter named(String adapter) {
    for (InstalledAdapter installed : adapters) {
      if (installed.name().equals(adapter)) {
        return installed;
      }
    }
    return null;
  }

  private synchronized HookLoader beside(@Nullable ClassLoader application) {
    if (application == null || application == PlatformLoader.get()) {
      HookLoader existing = jdk;
      if (existing == null) {
        existing = new HookLoader(PlatformLoader.get(), agent, adapters);
        jdk = existing;
      }
      return existing;
    }
    WeakReference<HookLoader> reference = loaders.get(application);
    HookLoader existing = reference == null ? null : reference.get();
    if (existing == null) {
      existing = new HookLoader(application, agent, adapters);
      loaders.put(application, new WeakReference<>(existing));
    }
    return existing;
  }
}
