package dev.weft.tooling;

import java.lang.ref.WeakReference;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP libraries whose classes this JVM has loaded, and whether an adapter governs them: so
 * that nothing stays ungoverned in silence. Forgets a library with its class loader. Thread-safe.
 */
final class FoundLibraries {

  /** An application that makes class loaders without end does not make lines without end. */
  private static final int MOST = 256;

  /** By internal name of the marker; read-only. */
  private final Map<String, HttpLibrary> catalogue = new HashMap<>(128);

  private final List<InstalledAdapter> adapters;
  private final Map<String, Found> found = new LinkedHashMap<>();

  FoundLibraries(List<HttpLibrary> catalogue, List<InstalledAdapter> adapters) {
    for (HttpLibrary library : catalogue) {
      this.catalogue.put(library.marker, library);
    }
    this.adapters = adapters;
  }

  /** Told of every class that is defined: one look-up. */
  void seen(@Nullable ClassLoader loader, String internalName, @Nullable ProtectionDomain domain) {
    HttpLibrary library = catalogue.get(internalName);
    if (library != null) {
      add(library, loader, domain);
    }
  }

  boolean isMarker(String internalName) {
    return catalogue.containsKey(internalName);
  }

  private void add(
      HttpLibrary library, @Nullable ClassLoader loader, @Nullable ProtectionDomain domain) {
    ClassLoader owner = loader == null ? PlatformLoader.get() : loader;
    if (owner == null) {
      return;
    }
    String key = library.marker + ' ' + System.identityHashCode(owner);
    synchronized (found) {
      if (found.size() >= MOST) {
        found.values().removeIf(one -> one.loader.get() == null);
      }
      if (found.size() < MOST) {
        found.put(key, new Found(library, owner, archive(domain)));
      }
    }
  }

  /**
   * {@code client OkHttp 2 (okhttp-2.7.5.jar) in app: NOT governed: no adapter}, one line per
   * library and class loader, in the order in which they were loaded.
   */
  List<String> lines() {
    List<Found> all;
    synchronized (found) {
      all = new ArrayList<>(found.values());
    }
    List<String> lines = new ArrayList<>(all.size());
    for (Found one : all) {
      ClassLoader loader = one.loader.get();
      if (loader != null) {
        boolean jdk = loader == PlatformLoader.get();
        String where = jdk ? "the JDK" : Loaders.describe(loader);
        lines.add(one.name + " in " + where + ": " + verdict(one.library, loader));
      }
    }
    return lines;
  }

  private String verdict(HttpLibrary library, ClassLoader loader) {
    StringBuilder governing = new StringBuilder();
    StringBuilder refusals = new StringBuilder();
    StringBuilder waiting = new StringBuilder();
    for (InstalledAdapter adapter : adapters) {
      if (!adapter.hooks().hasAny(library::hasHooked)) {
        continue;
      }
      ClassLoader where = nearest(adapter.state(), loader);
      String refusal = adapter.state().refusal(where);
      if (refusal != null) {
        append(refusals, "adapter " + adapter.name() + " stepped aside: " + refusal);
      } else if (adapter.state().hasApplied(where, library::hasHooked)) {
        append(governing, adapter.name());
      } else {
        append(waiting, adapter.name());
      }
    }
    if (refusals.length() > 0) {
      return "NOT governed: " + refusals;
    }
    if (governing.length() > 0) {
      return "governed by " + governing;
    }
    if (waiting.length() > 0) {
      return "not used yet, adapter " + waiting + " waits";
    }
    return library.side.equals("server")
        ? "NOT governed: no adapter; weft.inlet.ports gives its port mutual TLS"
        : "NOT governed: no adapter";
  }

  private static void append(StringBuilder list, String text) {
    list.append(list.length() == 0 ? "" : ", ").append(text);
  }

  /** The loader itself, or the parent that has what the library is built on. */
  private static @Nullable ClassLoader nearest(AdapterState state, ClassLoader loader) {
    for (@Nullable ClassLoader each = loader; each != null; each = each.getParent()) {
      if (state.in(each) != null) {
        return each;
      }
    }
    return state.in(null) != null ? null : loader;
  }

  /** File name of the jar; empty when unknown. Asks nothing of the application's URL handlers. */
  private static String archive(@Nullable ProtectionDomain domain) {
    CodeSource source = domain == null ? null : domain.getCodeSource();
    if (source == null || source.getLocation() == null) {
      return "";
    }
    String path = source.getLocation().getPath();
    int end = path.length();
    while (end > 0 && (path.charAt(end - 1) == '/' || path.charAt(end - 1) == '!')) {
      end--;
    }
    return path.substring(path.lastIndexOf('/', end - 1) + 1, end);
  }

  /** One library in one class loader. */
  private static final class Found {
    final HttpLibrary library;
    final WeakReference<ClassLoader> loader;
    final String name;

    Found(HttpLibrary library, ClassLoader loader, String archive) {
      this.library = library;
      this.loader = new WeakReference<>(loader);
      this.name =
          library.side + ' ' + library.title + (archive.isEmpty() ? "" : " (" + archive + ")");
    }
  }
}
