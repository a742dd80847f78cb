package dev.weft.tooling;

import dev.weft.instrumentation.Hooks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;
import org.jspecify.annotations.Nullable;

/** The hooks of all adapters by type name. Filled during install, read-only afterwards. */
final class DeclaredHooks {

  /** By internal name ({@code a/b/C}), as the JVM names a class that it is about to define. */
  private final Map<String, List<Hook>> byType = new HashMap<>();

  /** By internal name of the super type. */
  private final Map<String, List<Hook>> bySuperType = new HashMap<>();

  /** Internal names of the types without which nothing is hooked. */
  private final List<String> needed = new ArrayList<>(2);

  List<String> needed() {
    return needed;
  }

  Map<String, List<Hook>> byType() {
    return byType;
  }

  Map<String, List<Hook>> bySuperType() {
    return bySuperType;
  }

  boolean isEmpty() {
    return byType.isEmpty() && bySuperType.isEmpty();
  }

  /** Whether a hooked type, or super type, has a binary name that passes. */
  boolean hasAny(Predicate<String> name) {
    return hasAny(byType, name) || hasAny(bySuperType, name);
  }

  private static boolean hasAny(Map<String, List<Hook>> hooks, Predicate<String> name) {
    for (String type : hooks.keySet()) {
      if (name.test(type.replace('/', '.'))) {
        return true;
      }
    }
    return false;
  }

  void add(DeclaredHooks other) {
    merge(other.byType, byType);
    merge(other.bySuperType, bySuperType);
  }

  private static void merge(Map<String, List<Hook>> from, Map<String, List<Hook>> to) {
    for (Map.Entry<String, List<Hook>> entry : from.entrySet()) {
      List<Hook> present = to.get(entry.getKey());
      if (present == null) {
        to.put(entry.getKey(), new ArrayList<>(entry.getValue()));
      } else {
        present.addAll(entry.getValue());
      }
    }
  }

  private static String internal(String binaryName) {
    return binaryName.replace('.', '/');
  }

  /** What one adapter declares goes here. */
  Hooks of(InstalledAdapter adapter) {
    return new Hooks() {
      @Override
      public TypeHook type(String name) {
        return new Collector(adapter, byType, internal(adapter.named(name)), null);
      }

      @Override
      public TypeHook subtypesOf(String superType) {
        return new Collector(adapter, bySuperType, internal(adapter.named(superType)), null);
      }

      @Override
      public TypeHook subtypesOf(String superType, String mentioned) {
        return new Collector(
            adapter, bySuperType, internal(adapter.named(superType)), adapter.named(mentioned));
      }

      @Override
      public void onlyWith(String type) {
        needed.add(internal(adapter.named(type)));
      }
    };
  }

  private static final class Collector implements Hooks.TypeHook {
    private final InstalledAdapter adapter;
    private final Map<String, List<Hook>> hooks;
    private final String type;
    private final @Nullable String mentioned;

    Collector(
        InstalledAdapter adapter,
        Map<String, List<Hook>> hooks,
        String type,
        @Nullable String mentioned) {
      this.adapter = adapter;
      this.hooks = hooks;
      this.type = type;
      this.mentioned = mentioned;
    }

    @Override
    public Hooks.TypeHook advise(
        ElementMatcher<? super MethodDescription> methods, String adviceClass) {
      return add(new Hook(adapter, methods, adapter.named(adviceClass), false, mentioned));
    }

    @Override
    public Hooks.TypeHook inline(
        ElementMatcher<? super MethodDescription> methods, String adviceClass) {
      return add(new Hook(adapter, methods, adapter.named(adviceClass), true, mentioned));
    }

    private Hooks.TypeHook add(Hook hook) {
      List<Hook> list = hooks.get(type);
      if (list == null) {
        list = new ArrayList<>(2);
        hooks.put(type, list);
      }
      list.add(hook);
      return this;
    }
  }
}
