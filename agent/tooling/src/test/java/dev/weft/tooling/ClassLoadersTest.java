package dev.weft.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tooling.hooked.BrokenInstrumentation;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.ClassFileVersion;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClassLoadersTest {

  @BeforeEach
  void forgetsWhatWasSaidBefore() {
    Installed.lines();
    Installed.problems();
  }

  @Test
  void adviceRunsBesideEachCopyOfTheLibrary() throws Exception {
    assertThat(new LibraryLoader().greet("ann")).isEqualTo("HELLO ann!");
    assertThat(new LibraryLoader().greet("bob")).isEqualTo("no bob");
    assertThat(Installed.problems()).isEmpty();
    assertThat(Installed.lines()).isEmpty();
  }

  @Test
  void stateNamesTheClassLoaderAndTheHookedClasses() throws Exception {
    LibraryLoader loader = new LibraryLoader();
    loader.greet("ann");
    assertThat(Installed.STATES.lines())
        .contains("greeter: applied in " + Loaders.describe(loader) + " [library.Greeter]");
  }

  @Test
  void nothingOfTheAgentKeepsAnApplicationsClassLoaderAlive() throws Exception {
    WeakReference<ClassLoader> gone = new WeakReference<>(usedLoader());
    long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (gone.get() != null && System.nanoTime() - deadline < 0) {
      System.gc();
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    assertThat(gone.get()).isNull();
  }

  private static ClassLoader usedLoader() throws Exception {
    LibraryLoader loader = new LibraryLoader();
    assertThat(loader.greet("ann")).isEqualTo("HELLO ann!");
    return loader;
  }

  @Test
  void anAdapterThatUsesAMissingMemberIsRefusedInOneLine() throws Exception {
    LibraryLoader loader = new LibraryLoader().with("library.Name", nameWithoutText());
    Class<?> greeter = loader.loadClass("library.Greeter");
    assertThat(
            greeter
                .getMethod("add", int.class, int.class)
                .invoke(greeter.getConstructor().newInstance(), 2, 3))
        .isEqualTo(5);
    loader.loadClass("library.Greeter$Hidden");
    assertThat(Installed.lines())
        .containsExactly(
            "adapter greeter does not fit the library in class loader "
                + Loaders.describe(loader)
                + " and is not used there: there is no library.Name.text Ljava/lang/String;");
    assertThat(Installed.problems()).isEmpty();
    assertThat(Installed.STATES.lines())
        .contains(
            "greeter: refused in "
                + Loaders.describe(loader)
                + ": there is no library.Name.text Ljava/lang/String;");
  }

  @Test
  void anAdapterThatUsesAMissingClassIsRefused() throws Exception {
    LibraryLoader loader = new LibraryLoader().without("library.Name");
    loader.loadClass("library.Greeter");
    assertThat(Installed.lines())
        .singleElement()
        .asString()
        .endsWith("not used there: there is no class library.Name");
  }

  @Test
  void anAdapterWhoseAdviceBreaksTheRulesIsRefusedAndTakesNoOtherAlong() throws Exception {
    List<String> lines = new ArrayList<>();
    AdapterStates states =
        AdapterInstaller.install(
            ByteBuddyAgent.install(), List.of(new BrokenInstrumentation()), lines::add);
    LibraryLoader loader = new LibraryLoader();
    assertThat(loader.greet("ann")).isEqualTo("HELLO ann!");
    assertThat(lines)
        .anyMatch(
            line ->
                line.contains("adapter broken cannot be woven into library.Greeter")
                    && line.contains("inline = false (expected: inline = true)"));
    assertThat(states.lines())
        .anyMatch(line -> line.startsWith("broken: refused in " + Loaders.describe(loader)));
  }

  @Test
  void classFilesOlderThanInvokeDynamicAreHooked() throws Exception {
    LibraryLoader loader = new LibraryLoader().with("library.Old", javaFive());
    Class<?> old = loader.loadClass("library.Old");
    Class<?> name = loader.loadClass("library.Name");
    Object ann = name.getConstructor(String.class).newInstance("ann");
    Object instance = old.getConstructor().newInstance();
    assertThat(old.getMethod("greet", name).invoke(instance, ann)).isEqualTo("HELLO number 1");
    assertThat(Installed.lines()).isEmpty();
    assertThat(Installed.problems()).isEmpty();
  }

  private static byte[] nameWithoutText() {
    return new ByteBuddy()
        .subclass(Object.class)
        .name("library.Name")
        .defineMethod("text", String.class, Visibility.PUBLIC)
        .intercept(FixedValue.value("?"))
        .make()
        .getBytes();
  }

  /** A {@code Greeting} of 2004, whose frames need the common super type of two classes. */
  private static byte[] javaFive() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(
        ClassFileVersion.JAVA_V5.getMinorMajorVersion(),
        Opcodes.ACC_PUBLIC,
        "library/Old",
        null,
        "java/lang/Object",
        new String[] {"library/Greeting"});
    MethodVisitor made = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
    made.visitCode();
    made.visitVarInsn(Opcodes.ALOAD, 0);
    made.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    made.visitInsn(Opcodes.RETURN);
    made.visitMaxs(0, 0);
    made.visitEnd();
    MethodVisitor greet =
        writer.visitMethod(
            Opcodes.ACC_PUBLIC, "greet", "(Llibrary/Name;)Ljava/lang/String;", null, null);
    greet.visitCode();
    Label other = new Label();
    Label join = new Label();
    greet.visitVarInsn(Opcodes.ALOAD, 1);
    greet.visitJumpInsn(Opcodes.IFNULL, other);
    greet.visitInsn(Opcodes.ICONST_1);
    greet.visitMethodInsn(
        Opcodes.INVOKESTATIC, "java/lang/Integer", "valueOf", "(I)Ljava/lang/Integer;", false);
    greet.visitJumpInsn(Opcodes.GOTO, join);
    greet.visitLabel(other);
    greet.visitInsn(Opcodes.LCONST_1);
    greet.visitMethodInsn(
        Opcodes.INVOKESTATIC, "java/lang/Long", "valueOf", "(J)Ljava/lang/Long;", false);
    greet.visitLabel(join);
    greet.visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/lang/Number", "intValue", "()I", false);
    greet.visitMethodInsn(
        Opcodes.INVOKESTATIC, "java/lang/String", "valueOf", "(I)Ljava/lang/String;", false);
    greet.visitVarInsn(Opcodes.ASTORE, 2);
    greet.visitLdcInsn("hello number ");
    greet.visitVarInsn(Opcodes.ALOAD, 2);
    greet.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL,
        "java/lang/String",
        "concat",
        "(Ljava/lang/String;)Ljava/lang/String;",
        false);
    greet.visitInsn(Opcodes.ARETURN);
    greet.visitMaxs(0, 0);
    greet.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }
}
