package dev.weft.tooling;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;

/**
 * Rewrites an adapter's class files for a copy of its library under other package names. The
 * adapter's own classes get other names as well, so that one class loader can have both.
 */
final class Relocation {

  private final String library;
  private final String copy;
  private final String own;
  private final String ownCopy;

  /**
   * @param library prefix of the library's class names, with the last dot
   * @param copy prefix of the copy's
   * @param own prefix of the adapter's own
   */
  Relocation(String library, String copy, String own) {
    this.library = library;
    this.copy = copy;
    this.own = own;
    this.ownCopy = own + "in." + copy;
  }

  /** The name in the copy; the same for what is neither the library's nor the adapter's. */
  String named(String className) {
    if (className.startsWith(library)) {
      return copy + className.substring(library.length());
    }
    if (className.startsWith(own)) {
      return ownCopy + className.substring(own.length());
    }
    return className;
  }

  /** The adapter's class of which {@code className} is the rewritten one. */
  String original(String className) {
    return own + className.substring(ownCopy.length());
  }

  byte[] rewritten(byte[] classFile) {
    ClassWriter writer = new ClassWriter(0);
    Remapper names =
        new Remapper(Opcodes.ASM9) {
          @Override
          public String map(String internalName) {
            return named(internalName.replace('/', '.')).replace('.', '/');
          }
        };
    new ClassReader(classFile).accept(new ClassRemapper(writer, names), 0);
    return writer.toByteArray();
  }
}
