package dev.weft.instrumentation;

import java.util.Collections;
import java.util.Map;

/**
 * One library under the mesh. Each folder of {@code instrumentation/} has one (two, where the
 * halves must not depend on each other's part of the library), named {@code *Instrumentation},
 * listed in {@code META-INF/services/dev.weft.instrumentation.Adapter}; it is the only class of the
 * folder that may use Byte Buddy. Made by the agent's class loader through its public constructor
 * without arguments, once.
 */
public interface Adapter {

  /** The folder's name: library and oldest supported version, for example {@code okhttp-3.0}. */
  String name();

  /**
   * Declares the hooks. Called once at start-up, before {@code main}: must not load a class of the
   * library, nor a class of the adapter other than this one.
   */
  void install(Hooks hooks);

  /**
   * Whether it takes what nobody above it wants: where it hooks the same method as another adapter,
   * the other one is asked first.
   */
  default boolean isFloor() {
    return false;
  }

  /**
   * Copies of the library that well-known products carry under packages of their own: prefix of the
   * copy's class names to prefix of the library's, both with the last dot. The adapter is installed
   * once more for each, its classes rewritten to use the copy: it names no class of the library in
   * a string or a matcher, other than in {@link #install}.
   */
  default Map<String, String> copies() {
    return Collections.emptyMap();
  }
}
