package dev.weft.tooling;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.pool.TypePool;
import org.jspecify.annotations.Nullable;

/**
 * Sees every class that the JVM defines and gives the few that are hooked to the {@link Weaver}.
 * The look at all others is one look-up in a map. Thread-safe.
 */
final class HookTransformer implements ClassFileTransformer {

  private final Map<String, List<Hook>> byType;
  private final Map<String, List<Hook>> bySuperType;
  private final AdapterInstaller.Listener listener;
  private final @Nullable ClassLoader own;
  private volatile @Nullable Weaver weaver;

  HookTransformer(DeclaredHooks hooks, AdapterInstaller.Listener listener) {
    this.byType = hooks.byType();
    this.bySuperType = hooks.bySuperType();
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
      if (!bySuperType.isEmpty() && mayBeSubtype(loader, internalName)) {
        hooks = with(hooks, subtypeHooks(loader, internalName.replace('/', '.'), classFile));
      }
      if (hooks == null) {
        return null;
      }
      return weaver().weave(loader, internalName.replace('/', '.'), classFile, hooks);
    } catch (Throwable t) {
      listener.say("class " + internalName.replace('/', '.') + " is left as it was: " + t);
      return null;
    }
  }

  /** Retransforms the classes that were loaded before the transformer was there. */
  void retransformLoaded(Instrumentation instrumentation) {
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      String internalName = type.getName().replace('.', '/');
      boolean hooked =
          byType.containsKey(internalName)
              || (!bySuperType.isEmpty() && mayBeSubtype(type.getClassLoader(), internalName));
      if (!hooked || type.isArray() || !instrumentation.isModifiableClass(type)) {
        continue;
      }
      try {
        instrumentation.retransformClasses(type);
      } catch (Throwable t) {
        listener.say("class " + type.getName() + " is left as it was: " + t);
      }
    }
  }

  private static @Nullable List<Hook> with(@Nullable List<Hook> hooks, List<Hook> more) {
    if (hooks == null) {
      return more.isEmpty() ? null : more;
    }
    List<Hook> all = new ArrayList<>(hooks);
    all.addAll(more);
    return all;
  }

  private static boolean mayBeSubtype(@Nullable ClassLoader loader, String internalName) {
    return loader != null
        && loader != PlatformLoader.get()
        && !internalName.startsWith("net/bytebuddy/")
        && !internalName.startsWith("com/sun/")
        && !internalName.startsWith("sun/");
  }

  private List<Hook> subtypeHooks(@Nullable ClassLoader loader, String name, byte[] classFile) {
    List<Hook> found = new ArrayList<>();
    TypePool types = Weaver.pool(loader, name, classFile);
    TypeDescription type = types.describe(name).resolve();
    for (Map.Entry<String, List<Hook>> entry : bySuperType.entrySet()) {
      TypePool.Resolution superType = types.describe(entry.getKey());
      if (superType.isResolved() && type.isAssignableTo(superType.resolve())) {
        found.addAll(entry.getValue());
      }
    }
    return found;
  }

  private Weaver weaver() throws NoSuchMethodException {
    Weaver existing = weaver;
    if (existing == null) {
      existing = new Weaver();
      weaver = existing;
    }
    return existing;
  }
}
