package dev.weft.tooling;

import java.util.HashMap;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/** What a class file declares, as far as others link to it. Names are internal ({@code a/b/C}). */
final class ClassShape {

  /** Null for {@code Object}. */
  final @Nullable String superName;

  final String[] interfaces;
  private final int access;

  /** Access flags by name and descriptor. */
  private final Map<String, Integer> members;

  private ClassShape(ClassReader reader, Map<String, Integer> members) {
    this.superName = reader.getSuperName();
    this.interfaces = reader.getInterfaces();
    this.access = reader.getAccess();
    this.members = members;
  }

  /** Only the names of the super types. */
  static ClassShape header(byte[] classFile) {
    return new ClassShape(new ClassReader(classFile), new HashMap<>(0));
  }

  static ClassShape withMembers(byte[] classFile) {
    ClassReader reader = new ClassReader(classFile);
    Map<String, Integer> members = new HashMap<>();
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public @Nullable FieldVisitor visitField(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              @Nullable Object value) {
            members.put(name + ' ' + descriptor, access);
            return null;
          }

          @Override
          public @Nullable MethodVisitor visitMethod(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              String @Nullable [] exceptions) {
            members.put(name + descriptor, access);
            return null;
          }
        },
        ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return new ClassShape(reader, members);
  }

  boolean isInterface() {
    return (access & Opcodes.ACC_INTERFACE) != 0;
  }

  /**
   * Access flags; null when this class itself declares no such member.
   *
   * @param key see {@link Reference#memberKey}
   */
  @Nullable Integer member(String key) {
    return members.get(key);
  }
}
