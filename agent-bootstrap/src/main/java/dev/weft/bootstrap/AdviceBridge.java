package dev.weft.bootstrap;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/**
 * Joins a hooked method to the advice of an adapter, which the class loader of the hooked class
 * cannot see: the target of the {@code invokedynamic} instructions that the agent weaves in.
 *
 * <p>Whatever goes wrong, here or in the advice, is told to {@link Mesh#problem} and never reaches
 * the hooked method: it sees the default value of the advice's type instead (null, 0, false).
 */
public final class AdviceBridge {

  /** Finds the advice; the agent's class loading implements it. */
  public interface Linker {
    /**
     * The advice method as seen from {@code caller}. Called once per hooked place.
     *
     * @param adapter name of the adapter
     * @param adviceClass binary name
     * @param descriptor of the advice method, with the library's types
     * @throws Throwable when there is none; the hooked method then runs as if not hooked
     */
    MethodHandle find(
        Class<?> caller, String adapter, String adviceClass, String method, String descriptor)
        throws Throwable;
  }

  private AdviceBridge() {}

  /**
   * Sets who finds advice; before that no hooked method runs any.
   *
   * @return the one before, null if this is the first: it still knows what was woven before
   */
  public static @Nullable Linker use(Linker linker) {
    return Mesh.swapLinker(requireNonNull(linker, "linker"));
  }

  /**
   * Bootstrap method of the woven instructions; called by the JVM, never throws.
   *
   * @param type the advice's signature as the hooked class may see it: types of the library and of
   *     the adapter are replaced by {@code Object}
   */
  public static CallSite link(
      MethodHandles.Lookup caller,
      String method,
      MethodType type,
      String adapter,
      String adviceClass,
      String descriptor) {
    try {
      Linker linker = Mesh.linker();
      if (linker != null) {
        MethodHandle advice =
            linker.find(caller.lookupClass(), adapter, adviceClass, method, descriptor);
        return new ConstantCallSite(shielded(advice.asType(type), "advice " + adviceClass));
      }
    } catch (Throwable t) {
      Mesh.problem("link " + adviceClass, t);
    }
    return new ConstantCallSite(
        MethodHandles.dropArguments(nothing(type.returnType()), 0, type.parameterList()));
  }

  private static MethodHandle shielded(MethodHandle advice, String where)
      throws ReflectiveOperationException {
    MethodHandle report =
        MethodHandles.lookup()
            .findStatic(
                Mesh.class,
                "problem",
                MethodType.methodType(void.class, String.class, Throwable.class))
            .bindTo(where);
    MethodHandle fallback =
        MethodHandles.foldArguments(
            MethodHandles.dropArguments(nothing(advice.type().returnType()), 0, Throwable.class),
            report);
    return MethodHandles.catchException(advice, Throwable.class, fallback);
  }

  private static MethodHandle nothing(Class<?> type) {
    if (type == void.class) {
      return MethodHandles.constant(Object.class, null).asType(MethodType.methodType(void.class));
    }
    // An element of a new array is the one way to any type's default that Java 8 has.
    return MethodHandles.constant(type, Array.get(Array.newInstance(type, 1), 0));
  }
}
