package dev.weft.tooling;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides, once per adapter and class loader, whether the adapter fits the library there: all or
 * nothing, so that no adapter works by half. Thread-safe.
 */
final class AdapterCheck {

  private final AdapterInstaller.Listener listener;

  AdapterCheck(AdapterInstaller.Listener listener) {
    this.listener = listener;
  }

  /** Those of {@code hooks} whose adapters fit the library in {@code loader}. */
  List<Hook> usable(@Nullable ClassLoader loader, List<Hook> hooks) {
    List<Hook> usable = new ArrayList<>(hooks.size());
    for (Hook hook : hooks) {
      if (fits(loader, hook.adapter)) {
        usable.add(hook);
      }
    }
    return usable;
  }

  private boolean fits(@Nullable ClassLoader loader, InstalledAdapter adapter) {
    AdapterState.InLoader known = adapter.state().in(loader);
    if (known == null && !hasNeeded(loader, adapter)) {
      return false;
    }
    if (known == null) {
      String refusal = refusal(loader, adapter);
      if (adapter.state().checked(loader, refusal) && refusal != null) {
        listener.say(
            "adapter "
                + adapter.name()
                + " does not fit the library in class loader "
                + Loaders.describe(loader)
                + " and is not used there: "
                + refusal);
      }
    }
    return adapter.state().refusal(loader) == null;
  }

  private static boolean hasNeeded(@Nullable ClassLoader loader, InstalledAdapter adapter) {
    List<String> needed = adapter.hooks().needed();
    if (needed.isEmpty()) {
      return true;
    }
    ReferenceCheck check = new ReferenceCheck(loader == null ? PlatformLoader.get() : loader);
    for (String type : needed) {
      if (!check.has(type)) {
        return false;
      }
    }
    return true;
  }

  /** Null when everything that the adapter uses is there. */
  private static @Nullable String refusal(@Nullable ClassLoader loader, InstalledAdapter adapter) {
    ReferenceCheck check = new ReferenceCheck(loader == null ? PlatformLoader.get() : loader);
    Set<String> advice = new LinkedHashSet<>();
    addAdvice(adapter.hooks().byType(), check, advice);
    addAdvice(adapter.hooks().bySuperType(), check, advice);
    for (Reference reference : References.of(adapter, advice)) {
      String mismatch = check.mismatch(reference);
      if (mismatch != null) {
        return mismatch;
      }
    }
    return null;
  }

  private static void addAdvice(
      Map<String, List<Hook>> hooks, ReferenceCheck check, Set<String> advice) {
    for (Map.Entry<String, List<Hook>> entry : hooks.entrySet()) {
      // A hooked type that is not there: another generation of the library, whose advice is idle.
      if (check.has(entry.getKey())) {
        for (Hook hook : entry.getValue()) {
          advice.add(hook.adviceClass);
        }
      }
    }
  }
}
