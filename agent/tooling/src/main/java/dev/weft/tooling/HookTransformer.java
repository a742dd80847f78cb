package dev.weft.tooling;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sees every class that the JVM defines and gives the few that are hooked to the {@link Weaver}.
 * The look at all others is two look-ups in maps. Thread-safe.
 */
final class HookTransformer implements ClassFileTransformer {

  private final Map<String, List<Hook>> byType;
  private final Map<String, List<Hook>> bySuperType;
  private final SubtypeGate subtypes;
  private final AdapterCheck check;
  private final AdapterInstaller.Listener listener;
  private final FoundLibraries libraries;
  private final @Nullable ClassLoader own;
  private volatile @Nullable Weaver weaver;

  HookTransformer(
      DeclaredHooks hooks, FoundLibraries libraries, AdapterInstaller.Listener listener) {
    this.libraries = libraries;
    this.byType = hooks.byType();
    this.bySuperType = hooks.bySuperType();
    this.subtypes = new SubtypeGate(bySuperType);
    this.check = new AdapterCheck(listener);
    this.listener = listener;
    ClassLoader loader = HookTransformer.class.getClassLoader();
    // In a test the adapters live on the class path, together with what they hook.
    this.own = loader == ClassLoader.getSystemClassLoader() ? null : loader;
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String internalName,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] classFile) {
    if (internalName == null || (own != null && loader == own) || loader instanceof HookLoader) {
      return null;
    }
    List<Hook> hooks = byType.get(internalName);
    try {
      libraries.seen(loader, internalName, domain);
      boolean mayInherit = subtypes.mayHook(loader, internalName, classFile);
      if ((hooks == null && !mayInherit) || Loaders.isOfOtherAgent(loader)) {
        return null;
      }
      return weave(loader, internalName, classFile, hooks, mayInherit);
    } catch (Throwable t) {
      listener.say("class " + binaryName(internalName) + " is left as it was: " + t);
      return null;
    }
  }

  /** Retransforms the classes that were loaded before the transformer was there. */
  void retransformLoaded(Instrumentation instrumentation) {
    List<Class<?>> hooked = new ArrayList<>();
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (libraries.isMarker(type.getName().replace('.', '/'))) {
        libraries.seen(
            type.getClassLoader(), type.getName().replace('.', '/'), type.getProtectionDomain());
      }
      if (!type.isArray() && isHooked(type) && instrumentation.isModifiableClass(type)) {
        hooked.add(type);
      }
    }
    if (hooked.isEmpty()) {
      return;
    }
    try {
      instrumentation.retransformClasses(hooked.toArray(new Class<?>[0]));
    } catch (Throwable all) {
      for (Class<?> type : hooked) {
        retransform(instrumentation, type);
      }
    }
  }

  private void retransform(Instrumentation instrumentation, Class<?> type) {
    try {
      instrumentation.retransformClasses(type);
    } catch (Throwable t) {
      listener.say("class " + type.getName() + " is left as it was: " + t);
    }
  }

  private byte @Nullable [] weave(
      @Nullable ClassLoader loader,
      String internalName,
      byte[] classFile,
      @Nullable List<Hook> named,
      boolean mayInherit) {
    List<Hook> inherited =
        loader != null && mayInherit ? subtypes.hooks(loader, internalName, classFile) : null;
    List<Hook> declared = new ArrayList<>();
    if (named != null) {
      declared.addAll(named);
    }
    if (inherited != null) {
      declared.addAll(inherited);
    }
    List<Hook> hooks = declared.isEmpty() ? declared : check.usable(loader, declared);
    if (hooks.isEmpty()) {
      return null;
    }
    return weaveEach(loader, binaryName(internalName), classFile, hooks);
  }

  /** One adapter after the other: one that fails takes no other along. */
  private byte @Nullable [] weaveEach(
      @Nullable ClassLoader loader, String name, byte[] classFile, List<Hook> hooks) {
    byte[] woven = null;
    Set<InstalledAdapter> adapters = new LinkedHashSet<>();
    for (Hook hook : hooks) {
      adapters.add(hook.adapter);
    }
    for (InstalledAdapter adapter : adapters) {
      List<Hook> own = new ArrayList<>(hooks.size());
      for (Hook hook : hooks) {
        if (hook.adapter == adapter) {
          own.add(hook);
        }
      }
      try {
        woven = weaver().weave(loader, name, woven == null ? classFile : woven, own);
        adapter.state().applied(loader, name);
      } catch (Throwable t) {
        adapter.state().failed(loader, name, t);
        listener.say(
            "adapter "
                + adapter.name()
                + " cannot be woven into "
                + name
                + " in class loader "
                + Loaders.describe(loader)
                + " and is not used there: "
                + t);
      }
    }
    return woven;
  }

  private boolean isHooked(Class<?> type) {
    if (byType.containsKey(type.getName().replace('.', '/'))) {
      return true;
    }
    return !bySuperType.isEmpty()
        && subtypes.mayHook(type.getClassLoader(), type.getName().replace('.', '/'), null)
        && hasHookedSuperType(type);
  }

  private boolean hasHookedSuperType(Class<?> type) {
    try {
      Class<?> superType = type.getSuperclass();
      if (superType != null && isOrHasHooked(superType)) {
        return true;
      }
      for (Class<?> implemented : type.getInterfaces()) {
        if (isOrHasHooked(implemented)) {
          return true;
        }
      }
      return false;
    } catch (LinkageError e) {
      // Not linkable itself: nothing of it runs.
      return false;
    }
  }

  private boolean isOrHasHooked(Class<?> type) {
    return bySuperType.containsKey(type.getName().replace('.', '/')) || hasHookedSuperType(type);
  }

  private Weaver weaver() throws NoSuchMethodException {
    Weaver existing = weaver;
    if (existing == null) {
      existing = new Weaver();
      weaver = existing;
    }
    return existing;
  }

  private static String binaryName(String internalName) {
    return internalName.replace('/', '.');
  }
}
