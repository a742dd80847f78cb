package dev.weft.instrumentation;

import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;

/** Where an {@link Adapter} declares its hooks. Not thread-safe; used during install only. */
public interface Hooks {

  /**
   * Hooks the type of this exact binary name, in whatever class loader it appears, loaded already
   * or later.
   */
  TypeHook type(String name);

  /**
   * Hooks every class that extends or implements {@code superType} (binary name), in class loaders
   * that know {@code superType}. Dearer than {@link #type}: declare it only where implementations
   * cannot be named.
   */
  TypeHook subtypesOf(String superType);

  /**
   * Like {@link #subtypesOf(String)} for methods that all take or return {@code mentioned}: a class
   * that declares no method with it is passed over at a glance, so this costs next to nothing.
   *
   * @param mentioned binary name of a type in the descriptor of every hooked method
   */
  TypeHook subtypesOf(String superType, String mentioned);

  /**
   * Leaves the adapter idle, without a word, in class loaders that do not have {@code type} (binary
   * name): the part of the library without which there is nothing to do.
   */
  void onlyWith(String type);

  /** Advice on the methods of one hooked type. */
  interface TypeHook {

    /**
     * Applies {@code adviceClass} to the methods that match: a Byte Buddy {@code @Advice} class
     * with static methods, declared with {@code inline = false}. Its code runs in a class loader
     * per application class loader that sees both the library's classes and the adapter's; values
     * are returned through {@code @Advice.AssignReturned} with dynamic typing. An exception of the
     * advice is reported and kept away from the application.
     *
     * @param adviceClass binary name, so that declaring it does not load it
     */
    TypeHook advise(ElementMatcher<? super MethodDescription> methods, String adviceClass);

    /**
     * Applies {@code adviceClass} inlined into the hooked method: for classes of the JDK and the
     * hottest paths. The advice may use the JDK and the types of {@code agent-bootstrap} only.
     */
    TypeHook inline(ElementMatcher<? super MethodDescription> methods, String adviceClass);
  }
}
