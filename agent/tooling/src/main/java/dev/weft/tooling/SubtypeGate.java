package dev.weft.tooling;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells which classes extend a hooked super type. Asked for every class that is defined, so it says
 * no as early as it can: by the name, by what every such class file mentions, and by the loader,
 * which must know the super type at all. Thread-safe.
 */
final class SubtypeGate {

  /** Nobody implements a library's types in here. */
  private static final String[] NEVER = {
    "java/", "jdk/", "sun/", "com/sun/", "kotlin/", "scala/", "groovy/lang/", "net/bytebuddy/",
  };

  private final Map<String, List<Hook>> bySuperType;

  private final List<Mark> marks = new ArrayList<>();
  private final Map<ClassLoader, Family> families = new WeakHashMap<>();

  /**
   * @param bySuperType by internal name
   */
  SubtypeGate(Map<String, List<Hook>> bySuperType) {
    this.bySuperType = bySuperType;
    Map<String, Mark> made = new HashMap<>();
    for (Map.Entry<String, List<Hook>> entry : bySuperType.entrySet()) {
      String mentioned = commonMention(entry.getValue());
      String key = mentioned == null ? "" : mentioned;
      Mark mark = made.get(key);
      if (mark == null) {
        mark = new Mark(mentioned);
        made.put(key, mark);
        marks.add(mark);
      }
      mark.superTypes.add(entry.getKey());
    }
  }

  private static @Nullable String commonMention(List<Hook> hooks) {
    String common = hooks.get(0).mentioned;
    for (Hook hook : hooks) {
      if (common == null || !common.equals(hook.mentioned)) {
        return null;
      }
    }
    return common;
  }

  /**
   * True when {@link #hooks} is worth asking.
   *
   * @param classFile null when it is not at hand
   */
  boolean mayHook(@Nullable ClassLoader loader, String internalName, byte @Nullable [] classFile) {
    if (bySuperType.isEmpty() || loader == null || loader == PlatformLoader.get()) {
      return false;
    }
    for (String prefix : NEVER) {
      if (internalName.startsWith(prefix)) {
        return false;
      }
    }
    // Proxies and lambdas: what they extend is hooked already.
    return internalName.indexOf("$$") < 0 && (classFile == null || mayExtend(loader, classFile));
  }

  /** Most classes are told apart by their bytes; only then is the loader asked. */
  private boolean mayExtend(ClassLoader loader, byte[] classFile) {
    for (Mark mark : marks) {
      if (mark.isIn(classFile)) {
        Family family = family(loader);
        for (String superType : mark.superTypes) {
          if (family.sees(loader, superType)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Null when the class has no hooked super type. */
  @Nullable List<Hook> hooks(ClassLoader loader, String internalName, byte[] classFile) {
    String superType = family(loader).hookedSuperType(loader, ClassShape.header(classFile));
    if (superType == null || bySuperType.containsKey(internalName)) {
      return null;
    }
    return bySuperType.get(superType);
  }

  private Family family(ClassLoader loader) {
    synchronized (families) {
      Family known = families.get(loader);
      if (known == null) {
        known = new Family(bySuperType.keySet());
        families.put(loader, known);
      }
      return known;
    }
  }

  /** What the class files of all sub types have in them. */
  private static final class Mark {
    private final @Nullable BytePattern pattern;
    final List<String> superTypes = new ArrayList<>(2);

    /**
     * @param mentioned null when nothing is known: every class file has it
     */
    Mark(@Nullable String mentioned) {
      this.pattern =
          mentioned == null ? null : new BytePattern('L' + mentioned.replace('.', '/') + ';');
    }

    boolean isIn(byte[] classFile) {
      return pattern == null || pattern.isIn(classFile);
    }
  }

  /** What one class loader knows of the hooked super types. */
  private static final class Family {
    private static final String NONE = "";

    private final Set<String> superTypes;

    /** Whether the loader has the hooked super type at all. */
    private final Map<String, Boolean> seen = new ConcurrentHashMap<>();

    /** Class to the hooked super type it has; {@link #NONE} for none. */
    private final Map<String, String> known = new ConcurrentHashMap<>();

    Family(Set<String> superTypes) {
      this.superTypes = superTypes;
    }

    boolean sees(ClassLoader loader, String superType) {
      Boolean before = seen.get(superType);
      if (before == null) {
        // Not under a lock: this asks the application's class loader.
        before = loader.getResource(superType + ".class") != null;
        seen.put(superType, before);
      }
      return before;
    }

    @Nullable String hookedSuperType(ClassLoader loader, ClassShape type) {
      String found = type.superName == null ? null : search(loader, type.superName);
      for (int i = 0; found == null && i < type.interfaces.length; i++) {
        found = search(loader, type.interfaces[i]);
      }
      return found;
    }

    private @Nullable String search(ClassLoader loader, String type) {
      if (superTypes.contains(type)) {
        return type;
      }
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
