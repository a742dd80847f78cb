package dev.weft.tooling;

import java.io.IOException;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Lifts class files of Java 1-6 to version 51, the first with {@code invokedynamic}. From that
 * version on the JVM insists on stack map frames, so they are computed.
 *
 * <p>Class files with {@code jsr} (compilers before Java 5) cannot be lifted.
 */
final class ClassFileUpgrade {

  private ClassFileUpgrade() {}

  /**
   * {@code classFile} itself when it is new enough.
   *
   * @param types finds the super types that frames depend on; a missing one counts as {@code
   *     Object}
   */
  static byte[] withInvokeDynamic(byte[] classFile, ClassFileLocator types) {
    int major = ((classFile[6] & 0xff) << 8) | (classFile[7] & 0xff);
    if (major >= Opcodes.V1_7) {
      return classFile;
    }
    ClassReader reader = new ClassReader(classFile);
    ClassWriter writer = new Frames(types);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version,
              int access,
              String name,
              @Nullable String signature,
              @Nullable String superName,
              String @Nullable [] interfaces) {
            super.visit(Opcodes.V1_7, access, name, signature, superName, interfaces);
          }
        },
        ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }

  /** Computes frames from class files, without loading a class. */
  private static final class Frames extends ClassWriter {
    private static final String OBJECT = "java/lang/Object";

    private final ClassFileLocator types;

    Frames(ClassFileLocator types) {
      super(COMPUTE_FRAMES);
      this.types = types;
    }

    @Override
    protected String getCommonSuperClass(String first, String second) {
      for (String candidate = first; !candidate.equals(OBJECT); candidate = superOf(candidate)) {
        for (String other = second; !other.equals(OBJECT); other = superOf(other)) {
          if (candidate.equals(other)) {
            return candidate;
          }
        }
      }
      return OBJECT;
    }

    private String superOf(String internalName) {
      try {
        ClassFileLocator.Resolution found = types.locate(internalName.replace('/', '.'));
        if (found.isResolved()) {
          ClassReader reader = new ClassReader(found.resolve());
          String superName = reader.getSuperName();
          // An interface is no super class of anything as far as frames go.
          if (superName != null && (reader.getAccess() & Opcodes.ACC_INTERFACE) == 0) {
            return superName;
          }
        }
      } catch (IOException | IllegalArgumentException e) {
        // Unreadable or too new for the reader: Object is always true.
      }
      return OBJECT;
    }
  }
}
