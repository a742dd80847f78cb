package dev.weft.agent;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/** The classes of a jar with their members, and what they name in each other. */
final class ShippedClasses {

  private static final int CLASS = 7;
  private static final int FIELD = 9;
  private static final int INTERFACE_METHOD = 11;

  private final Map<String, Shipped> byName = new HashMap<>();

  private ShippedClasses() {}

  static ShippedClasses of(File file) throws IOException {
    ShippedClasses all = new ShippedClasses();
    try (JarFile jar = new JarFile(file)) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (entry.getName().endsWith(".class")) {
          Shipped shipped = new Shipped(jar.getInputStream(entry).readAllBytes());
          all.byName.put(shipped.name, shipped);
        }
      }
    }
    return all;
  }

  /**
   * Each "A uses B" where B is a class below {@code dev/weft/}, or a member of one, that is not in
   * the jar.
   */
  Set<String> missing(Pattern optional) {
    Set<String> missing = new TreeSet<>();
    for (Shipped shipped : byName.values()) {
      for (String used : shipped.classes) {
        if (used.startsWith("dev/weft/")
            && !byName.containsKey(used)
            && !optional.matcher(used).matches()) {
          missing.add(shipped.name + " uses " + used);
        }
      }
      for (String[] used : shipped.members) {
        if (byName.containsKey(used[0])
            && !optional.matcher(used[0]).matches()
            && !has(used[0], used[1], used[2])) {
          missing.add(shipped.name + " uses " + String.join(" ", used));
        }
      }
    }
    return missing;
  }

  /** Whether a class or what it inherits from has a member. */
  boolean has(String owner, String name, String descriptor) {
    Shipped shipped = byName.get(owner);
    if (shipped == null) {
      return ofJdk(owner, name);
    }
    if (shipped.declared.contains(name + descriptor)) {
      return true;
    }
    for (String parent : shipped.parents) {
      if (has(parent, name, descriptor)) {
        return true;
      }
    }
    return false;
  }

  private static boolean ofJdk(String owner, String name) {
    try {
      for (@Nullable Class<?> type = Class.forName(owner.replace('/', '.'), false, null);
          type != null;
          type = type.getSuperclass()) {
        if (Stream.of(type.getDeclaredMethods(), type.getDeclaredFields())
            .flatMap(Stream::<Member>of)
            .anyMatch(member -> member.getName().equals(name))) {
          return true;
        }
        for (Class<?> parent : type.getInterfaces()) {
          if (ofJdk(parent.getName(), name)) {
            return true;
          }
        }
      }
      return false;
    } catch (ClassNotFoundException e) {
      // A type of the application's library, or an optional one: it may have anything.
      return true;
    }
  }

  private static final class Shipped extends ClassVisitor {
    private final Set<String> declared = new HashSet<>();
    private final List<String> parents = new ArrayList<>();
    private final List<String> classes = new ArrayList<>();
    private final List<String[]> members = new ArrayList<>();
    private final String name;

    private Shipped(byte[] classFile) {
      super(Opcodes.ASM9);
      ClassReader reader = new ClassReader(classFile);
      this.name = reader.getClassName();
      parents.add(reader.getSuperName());
      Collections.addAll(parents, reader.getInterfaces());
      reader.accept(this, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG);
      readUses(reader);
    }

    @Override
    public @Nullable FieldVisitor visitField(
        int access,
        String field,
        String descriptor,
        @Nullable String signature,
        @Nullable Object value) {
      declared.add(field + descriptor);
      return null;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
        int access,
        String method,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      declared.add(method + descriptor);
      return null;
    }

    /** From the constant pool: all that code, annotations and method handles can name. */
    private void readUses(ClassReader reader) {
      char[] buffer = new char[reader.getMaxStringLength()];
      for (int i = 1; i < reader.getItemCount(); i++) {
        int offset = reader.getItem(i);
        int tag = offset == 0 ? 0 : reader.readByte(offset - 1);
        if (tag == CLASS) {
          classes.add(element(reader.readUTF8(offset, buffer)));
        } else if (tag >= FIELD && tag <= INTERFACE_METHOD) {
          int nameAndType = reader.getItem(reader.readUnsignedShort(offset + 2));
          members.add(
              new String[] {
                reader.readClass(offset, buffer),
                reader.readUTF8(nameAndType, buffer),
                reader.readUTF8(nameAndType + 2, buffer)
              });
        }
      }
    }

    private static String element(String name) {
      return name.startsWith("[") ? Type.getType(name).getElementType().getInternalName() : name;
    }
  }
}
