package dev.weft.tooling;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where one adapter works, where it was refused and why. Forgets a class loader together with the
 * application that it loaded. Thread-safe.
 */
final class AdapterState {

  private final String name;

  /** All there is to say; null for an adapter that may be in use. */
  private final @Nullable String fixed;

  /** By class loader; the JDK's own two are one, under a stand-in for null. */
  private final Map<ClassLoader, InLoader> loaders = new WeakHashMap<>();

  private @Nullable InLoader jdk;

  AdapterState(String name) {
    this.name = name;
    this.fixed = null;
  }

  private AdapterState(String name, String fixed) {
    this.name = name;
    this.fixed = fixed;
  }

  /** An adapter that could not even declare its hooks. */
  static AdapterState leftOut(String name, Throwable problem) {
    return new AdapterState(name, "left out: " + problem);
  }

  /** An adapter that hooks nothing, because it was not asked for. */
  static AdapterState off(String name) {
    return new AdapterState(name, "off");
  }

  /** What is known about {@code loader}; null when the adapter was not checked there yet. */
  synchronized @Nullable InLoader in(@Nullable ClassLoader loader) {
    return isJdk(loader) ? jdk : loaders.get(loader);
  }

  /**
   * Remembers the outcome of the check, unless another thread was faster.
   *
   * @param refusal null when the adapter fits
   * @return true for the first outcome of this loader
   */
  synchronized boolean checked(@Nullable ClassLoader loader, @Nullable String refusal) {
    if (in(loader) != null) {
      return false;
    }
    InLoader made = new InLoader(Loaders.describe(loader), refusal);
    if (isJdk(loader)) {
      jdk = made;
    } else {
      loaders.put(loader, made);
    }
    return true;
  }

  synchronized void applied(@Nullable ClassLoader loader, String type) {
    InLoader known = in(loader);
    if (known != null) {
      known.types.add(type);
    }
  }

  /** The adapter could not be woven into a class: it is not used in this loader any more. */
  synchronized void failed(@Nullable ClassLoader loader, String type, Throwable problem) {
    InLoader known = in(loader);
    if (known != null && known.refusal == null) {
      known.refusal = type + ": " + problem;
    }
  }

  /** Why the adapter is not used in {@code loader}; null where it is, or was not checked yet. */
  synchronized @Nullable String refusal(@Nullable ClassLoader loader) {
    InLoader known = in(loader);
    return known == null ? null : known.refusal;
  }

  /** Whether the adapter is woven into a type of {@code loader} whose name passes. */
  synchronized boolean hasApplied(@Nullable ClassLoader loader, Predicate<String> type) {
    InLoader known = in(loader);
    return known != null && known.types.stream().anyMatch(type);
  }

  synchronized void addLines(List<String> lines) {
    if (fixed != null) {
      lines.add(name + ": " + fixed);
      return;
    }
    List<InLoader> all = new ArrayList<>(loaders.values());
    all.removeAll(Collections.<@Nullable InLoader>singleton(null));
    if (jdk != null) {
      all.add(jdk);
    }
    if (all.isEmpty()) {
      lines.add(name + ": waiting for its library");
    }
    for (InLoader loader : all) {
      if (loader.refusal != null) {
        lines.add(name + ": refused in " + loader.where + ": " + loader.refusal);
      } else if (!loader.types.isEmpty()) {
        lines.add(name + ": applied in " + loader.where + " " + loader.types);
      }
    }
  }

  private static boolean isJdk(@Nullable ClassLoader loader) {
    return loader == null || loader == PlatformLoader.get();
  }

  /** One adapter in one class loader. Guarded by its {@link AdapterState}. */
  static final class InLoader {
    final String where;

    /** Null when the adapter fits the library. */
    @Nullable String refusal;

    final Set<String> types = new TreeSet<>();

    InLoader(String where, @Nullable String refusal) {
      this.where = where;
      this.refusal = refusal;
    }
  }
}
