package dev.weft.tooling;

import dev.weft.instrumentation.Adapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One adapter in this JVM: its name, and the class files of its folder. Thread-safe. */
final class InstalledAdapter {

  private final String name;
  private final ClassLoader loader;
  private final String packagePrefix;

  /**
   * Where the adapter's class files are, in a test, where they share the class path with what they
   * hook; null in the agent, whose class loader has nothing else.
   */
  private final @Nullable String root;

  private final DeclaredHooks hooks = new DeclaredHooks();
  private final AdapterState state;

  /** Null for the library under its own name. */
  private final @Nullable Relocation relocation;

  InstalledAdapter(Adapter adapter) {
    this(adapter, null);
  }

  private InstalledAdapter(Adapter adapter, Map.@Nullable Entry<String, String> copy) {
    Class<?> type = adapter.getClass();
    this.name = copy == null ? adapter.name() : adapter.name() + " in " + copy.getKey();
    ClassLoader own = type.getClassLoader();
    this.loader = own == null ? ClassLoader.getSystemClassLoader() : own;
    String typeName = type.getName();
    String ownPrefix = typeName.substring(0, typeName.lastIndexOf('.') + 1);
    this.relocation =
        copy == null ? null : new Relocation(copy.getValue(), copy.getKey(), ownPrefix);
    this.packagePrefix = named(ownPrefix);
    this.root =
        loader == ClassLoader.getSystemClassLoader() ? rootOf(loader, path(typeName)) : null;
    this.state = new AdapterState(name);
    adapter.install(hooks.of(this));
  }

  /** {@code adapter} on the library, and on each copy of it that the adapter knows of. */
  static List<InstalledAdapter> all(Adapter adapter) {
    List<InstalledAdapter> all = new ArrayList<>(2);
    all.add(new InstalledAdapter(adapter));
    for (Map.Entry<String, String> copy : adapter.copies().entrySet()) {
      all.add(new InstalledAdapter(adapter, copy));
    }
    return all;
  }

  /** What a class of the library, or of the adapter, is called here. */
  String named(String className) {
    return relocation == null ? className : relocation.named(className);
  }

  private static String rootOf(ClassLoader loader, String path) {
    URL url = loader.getResource(path);
    if (url == null) {
      throw new IllegalArgumentException("class file not found: " + path);
    }
    String text = url.toString();
    return text.substring(0, text.length() - path.length());
  }

  String name() {
    return name;
  }

  /** What it hooks. */
  DeclaredHooks hooks() {
    return hooks;
  }

  /** Where it works and where it does not. */
  AdapterState state() {
    return state;
  }

  /** Whether {@code className} lies in the adapter's package; it may be somebody else's even so. */
  boolean owns(String className) {
    return className.startsWith(packagePrefix);
  }

  /**
   * The class file of one of the adapter's own classes; null for any other class. A class of the
   * same package from elsewhere (a test of the adapter) is another's.
   */
  byte @Nullable [] classFile(String className) {
    if (!owns(className)) {
      return null;
    }
    try {
      if (relocation == null) {
        return original(className);
      }
      byte[] original = original(relocation.original(className));
      return original == null ? null : relocation.rewritten(original);
    } catch (IOException e) {
      return null;
    }
  }

  private byte @Nullable [] original(String className) throws IOException {
    if (root == null) {
      return read(loader.getResourceAsStream(path(className)));
    }
    URL url = loader.getResource(path(className));
    if (url == null || !url.toString().startsWith(root)) {
      return null;
    }
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return read(connection.getInputStream());
  }

  private static String path(String className) {
    return className.replace('.', '/') + ".class";
  }

  private static byte @Nullable [] read(@Nullable InputStream from) throws IOException {
    try (InputStream in = from) {
      if (in == null) {
        return null;
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream(8192);
      byte[] buffer = new byte[8192];
      int count;
      while ((count = in.read(buffer)) >= 0) {
        out.write(buffer, 0, count);
      }
      return out.toByteArray();
    }
  }
}
