package dev.weft.tooling;

import dev.weft.bootstrap.AdviceBridge;
import dev.weft.bootstrap.Mesh;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import net.bytebuddy.ClassFileVersion;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.BootstrapArgumentResolver;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.scaffold.TypeInitializer;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.auxiliary.AuxiliaryType;
import net.bytebuddy.implementation.bytecode.StackManipulation;
import net.bytebuddy.implementation.bytecode.constant.TextConstant;
import net.bytebuddy.implementation.bytecode.member.MethodInvocation;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.pool.TypePool;
import net.bytebuddy.utility.JavaConstant;
import org.jspecify.annotations.Nullable;

/**
 * Weaves advice into one class file. Made for the first class that is hooked: everything of Byte
 * Buddy's weight hangs on this class. Thread-safe.
 */
final class Weaver {

  private final MethodDescription.InDefinedShape link;
  private final Advice.ExceptionHandler reportProblem;

  Weaver() throws NoSuchMethodException {
    Method linkMethod =
        AdviceBridge.class.getMethod(
            "link",
            MethodHandles.Lookup.class,
            String.class,
            MethodType.class,
            String.class,
            String.class,
            String.class);
    this.link = new MethodDescription.ForLoadedMethod(linkMethod);
    this.reportProblem = new ReportProblem();
  }

  /**
   * The class file with the advice of {@code hooks} woven in.
   *
   * @param loader of the hooked class; null for the boot loader
   */
  byte[] weave(@Nullable ClassLoader loader, String name, byte[] classFile, List<Hook> hooks) {
    ClassFileLocator application = Locators.of(loader);
    byte[] upgraded = ClassFileUpgrade.withInvokeDynamic(classFile, application);
    TypePool types = pool(loader, name, upgraded);
    TypeDescription type = types.describe(name).resolve();
    ClassReader reader = new ClassReader(upgraded);
    ClassWriter writer = new ClassWriter(reader, 0);
    Implementation.Context context = context(type, ClassFileVersion.ofClassFile(upgraded));
    ClassVisitor visitor = writer;
    for (Hook hook : hooks) {
      AsmVisitorWrapper advice = advice(hook, application).on(hook.methods);
      visitor =
          advice.wrap(
              type,
              visitor,
              context,
              types,
              type.getDeclaredFields(),
              type.getDeclaredMethods(),
              0,
              0);
    }
    reader.accept(visitor, 0);
    return writer.toByteArray();
  }

  /** Of a class to which nothing is added but instructions. */
  private static Implementation.Context context(TypeDescription type, ClassFileVersion version) {
    return Implementation.Context.Disabled.Factory.INSTANCE.make(
        type,
        new AuxiliaryType.NamingStrategy.Enumerating("weft"),
        TypeInitializer.None.INSTANCE,
        version,
        version,
        Implementation.Context.FrameGeneration.GENERATE);
  }

  private Advice advice(Hook hook, ClassFileLocator application) {
    ClassFileLocator locator =
        new ClassFileLocator.Compound(
            Locators.of(hook.adapter), application, Locators.of(Weaver.class.getClassLoader()));
    TypeDescription advice = pool(locator).describe(hook.adviceClass).resolve();
    assert AdviceRules.hold(hook, advice);
    Advice.WithCustomMapping mapping =
        Advice.withCustomMapping().with(new Advice.AssignReturned.Factory());
    if (hook.inline) {
      return mapping.to(advice, locator).withExceptionHandler(reportProblem);
    }
    return mapping
        .bootstrap(link, new LinkArguments(hook), VisibleTypes.INSTANCE)
        .to(advice, locator);
  }

  /** Describes {@code name} from its class file, and what it refers to from {@code loader}. */
  static TypePool pool(@Nullable ClassLoader loader, String name, byte[] classFile) {
    return pool(
        new ClassFileLocator.Compound(
            ClassFileLocator.Simple.of(name, classFile), Locators.of(loader)));
  }

  private static TypePool pool(ClassFileLocator locator) {
    return new TypePool.Default(
        new TypePool.CacheProvider.Simple(), locator, TypePool.Default.ReaderMode.FAST);
  }

  /** What the bridge needs to find the advice method again. */
  private static final class LinkArguments implements BootstrapArgumentResolver.Factory {
    private final Hook hook;

    LinkArguments(Hook hook) {
      this.hook = hook;
    }

    @Override
    public BootstrapArgumentResolver resolve(
        MethodDescription.InDefinedShape advice, boolean exit) {
      List<JavaConstant> arguments =
          Arrays.asList(
              JavaConstant.Simple.ofLoaded(hook.adapter.name()),
              JavaConstant.Simple.ofLoaded(hook.adviceClass),
              JavaConstant.Simple.ofLoaded(advice.getDescriptor()));
      return (type, method) -> arguments;
    }
  }

  /** Hands an exception of inlined advice, on top of the stack, to {@link Mesh#problem}. */
  private static final class ReportProblem implements Advice.ExceptionHandler {
    private final MethodDescription.InDefinedShape problem;

    ReportProblem() throws NoSuchMethodException {
      this.problem =
          new MethodDescription.ForLoadedMethod(
              Mesh.class.getMethod("problem", String.class, Throwable.class));
    }

    @Override
    public StackManipulation resolve(MethodDescription method, TypeDescription type) {
      return new StackManipulation.Compound(
          new TextConstant("inlined advice in " + type.getName()),
          new Swap(),
          MethodInvocation.invoke(problem));
    }
  }

  /** Exchanges the two references on top of the stack. */
  private static final class Swap extends StackManipulation.AbstractBase {
    @Override
    public Size apply(MethodVisitor visitor, Implementation.Context context) {
      visitor.visitInsn(Opcodes.SWAP);
      return Size.ZERO;
    }
  }
}
