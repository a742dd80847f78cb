package dev.weft.tooling;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells which classes extend a hooked super type. Asked for every class that is defined, so it says
 * no as early as it can: by the loader, which must know the super type at all, and by the name.
 * Thread-safe.
 */
final class SubtypeGate {

  /** Nobody implements a library's types in here. */
  private static final String[] NEVER = {
    "java/", "jdk/", "sun/", "com/sun/", "kotlin/", "scala/", "groovy/lang/", "net/bytebuddy/",
  };

  private final Map<String, List<Hook>> bySuperType;
  private final Map<ClassLoader, Family> families = new WeakHashMap<>();

  /**
   * @param bySuperType by internal name
   */
  SubtypeGate(Map<String, List<Hook>> bySuperType) {
    this.bySuperType = bySuperType;
  }

  /** True when {@link #hooks} is worth asking. */
  boolean mayHook(@Nullable ClassLoader loader, String internalName) {
    if (bySuperType.isEmpty() || loader == null || loader == PlatformLoader.get()) {
      return false;
    }
    for (String prefix : NEVER) {
      if (internalName.startsWith(prefix)) {
        return false;
      }
    }
    // Proxies and lambdas: what they extend is hooked already.
    return internalName.indexOf("$$") < 0 && !family(loader).isEmpty();
  }

  /** Null when the class has no hooked super type. */
  @Nullable List<Hook> hooks(ClassLoader loader, String internalName, byte[] classFile) {
    Family family = family(loader);
    String superType = family.hookedSuperType(loader, ClassShape.header(classFile));
    if (superType == null || bySuperType.containsKey(internalName)) {
      return null;
    }
    return bySuperType.get(superType);
  }

  private Family family(ClassLoader loader) {
    synchronized (families) {
      Family known = families.get(loader);
      if (known != null) {
        return known;
      }
    }
    // Outside the lock: this asks the application's class loader.
    Map<String, String> superTypes = new HashMap<>();
    for (String superType : bySuperType.keySet()) {
      if (loader.getResource(superType + ".class") != null) {
        superTypes.put(superType, superType);
      }
    }
    Family made = new Family(superTypes);
    synchronized (families) {
      families.put(loader, made);
    }
    return made;
  }

  /** What one class loader knows of the hooked super types. */
  private static final class Family {
    private static final String NONE = "";

    /** Class to the hooked super type it has; {@link #NONE} for none. */
    private final Map<String, String> known;

    private final boolean empty;

    Family(Map<String, String> superTypes) {
      this.known = Collections.synchronizedMap(superTypes);
      this.empty = superTypes.isEmpty();
    }

    boolean isEmpty() {
      return empty;
    }

    @Nullable String hookedSuperType(ClassLoader loader, ClassShape type) {
      String found = type.superName == null ? null : search(loader, type.superName);
      for (int i = 0; found == null && i < type.interfaces.length; i++) {
        found = search(loader, type.interfaces[i]);
      }
      return found;
    }

    private @Nullable String search(ClassLoader loader, String type) {
      String before = known.get(type);
      if (before != null) {
        return before.equals(NONE) ? null : before;
      }
      for (String prefix : NEVER) {
        if (type.startsWith(prefix)) {
          return null;
        }
      }
      ClassShape shape = read(loader, type);
      String found = shape == null ? null : hookedSuperType(loader, shape);
      known.put(type, found == null ? NONE : found);
      return found;
    }

    private static @Nullable ClassShape read(ClassLoader loader, String type) {
      try (InputStream in = loader.getResourceAsStream(type + ".class")) {
        if (in == null) {
          return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        byte[] buffer = new byte[4096];
        int count;
        while ((count = in.read(buffer)) >= 0) {
          out.write(buffer, 0, count);
        }
        return ClassShape.header(out.toByteArray());
      } catch (IOException | IllegalArgumentException e) {
        return null;
      }
    }
  }
}
