package dev.weft.tooling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * Collects what advice classes, and every class of the adapter that they can reach, use of its
 * library: the instructions that the JVM would link.
 */
final class References {

  private static final String[] NOT_OF_A_LIBRARY = {
    "java/",
    "javax/net/",
    "javax/security/",
    "dev/weft/bootstrap/",
    "dev/weft/context/",
    "dev/weft/outbound/",
    "dev/weft/inbound/",
    "dev/weft/transport/",
    "dev/weft/shaded/",
    "net/bytebuddy/",
    "org/jspecify/",
  };

  /** The adapters' tools are in this package itself, the adapters in those below it. */
  private static final String TOOLS = "dev/weft/instrumentation/";

  private final InstalledAdapter adapter;
  private final Set<Reference> found = new LinkedHashSet<>();
  private final Set<String> seen = new HashSet<>();
  private final Deque<String> queue = new ArrayDeque<>();

  private References(InstalledAdapter adapter) {
    this.adapter = adapter;
  }

  /** In the order of the code; each class is read once. */
  static Set<Reference> of(InstalledAdapter adapter, Iterable<String> adviceClasses) {
    References references = new References(adapter);
    for (String adviceClass : adviceClasses) {
      references.visit(adviceClass.replace('.', '/'));
    }
    return references.found;
  }

  private void visit(String root) {
    if (!seen.add(root)) {
      return;
    }
    queue.add(root);
    for (String next = queue.poll(); next != null; next = queue.poll()) {
      byte[] classFile = adapter.classFile(next.replace('/', '.'));
      if (classFile != null) {
        new ClassReader(classFile)
            .accept(new Classes(), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
      }
    }
  }

  /** True when {@code type} is the library's; one of the adapter's own is visited later instead. */
  private boolean ofLibrary(String type) {
    if (type.startsWith("java/net/http/")) {
      return true;
    }
    if (type.startsWith(TOOLS) && type.indexOf('/', TOOLS.length()) < 0) {
      return false;
    }
    for (String prefix : NOT_OF_A_LIBRARY) {
      if (type.startsWith(prefix)) {
        return false;
      }
    }
    if (!adapter.owns(type.replace('/', '.'))) {
      return true;
    }
    if (seen.add(type)) {
      queue.add(type);
    }
    return false;
  }

  private void type(@Nullable String internalName) {
    if (internalName == null) {
      return;
    }
    Type type = Type.getObjectType(internalName);
    while (type.getSort() == Type.ARRAY) {
      type = type.getElementType();
    }
    if (type.getSort() == Type.OBJECT && ofLibrary(type.getInternalName())) {
      found.add(Reference.toType(type.getInternalName()));
    }
  }

  private void method(String owner, String name, String descriptor, boolean isStatic, boolean itf) {
    if (owner.startsWith("[")) {
      type(owner);
    } else if (ofLibrary(owner)) {
      found.add(Reference.toMethod(owner, name, descriptor, isStatic, itf));
    }
  }

  private void field(String owner, String name, String descriptor, boolean isStatic) {
    if (ofLibrary(owner)) {
      found.add(Reference.toField(owner, name, descriptor, isStatic));
    }
  }

  private void constant(@Nullable Object value) {
    if (value instanceof Type && ((Type) value).getSort() != Type.METHOD) {
      type(((Type) value).getInternalName());
    } else if (value instanceof Handle) {
      Handle handle = (Handle) value;
      boolean isField = handle.getTag() <= Opcodes.H_PUTSTATIC;
      boolean isStatic =
          handle.getTag() == Opcodes.H_INVOKESTATIC
              || handle.getTag() == Opcodes.H_GETSTATIC
              || handle.getTag() == Opcodes.H_PUTSTATIC;
      if (isField) {
        field(handle.getOwner(), handle.getName(), handle.getDesc(), isStatic);
      } else {
        method(
            handle.getOwner(), handle.getName(), handle.getDesc(), isStatic, handle.isInterface());
      }
    }
  }

  private final class Classes extends ClassVisitor {
    Classes() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        @Nullable String signature,
        @Nullable String superName,
        String @Nullable [] interfaces) {
      type(superName);
      if (interfaces != null) {
        for (String implemented : interfaces) {
          type(implemented);
        }
      }
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      return new Instructions();
    }
  }

  private final class Instructions extends MethodVisitor {
    Instructions() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      method(owner, name, descriptor, opcode == Opcodes.INVOKESTATIC, isInterface);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
      field(owner, name, descriptor, opcode == Opcodes.GETSTATIC || opcode == Opcodes.PUTSTATIC);
    }

    @Override
    public void visitTypeInsn(int opcode, String internalName) {
      type(internalName);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
      type(Type.getType(descriptor).getInternalName());
    }

    @Override
    public void visitLdcInsn(Object value) {
      constant(value);
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      constant(bootstrap);
      for (Object argument : arguments) {
        constant(argument);
      }
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String caught) {
      type(caught);
    }
  }
}
