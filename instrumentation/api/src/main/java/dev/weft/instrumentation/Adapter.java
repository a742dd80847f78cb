package dev.weft.instrumentation;

/**
 * One library under the mesh. Each folder of {@code instrumentation/} has exactly one, named {@code
 * *Instrumentation}, listed in {@code META-INF/services/dev.weft.instrumentation.Adapter}; it is
 * the only class of the folder that may use Byte Buddy. Made by the agent's class loader through
 * its public constructor without arguments, once.
 */
public interface Adapter {

  /** The folder's name: library and oldest supported version, for example {@code okhttp-3.0}. */
  String name();

  /**
   * Declares the hooks. Called once at start-up, before {@code main}: must not load a class of the
   * library, nor a class of the adapter other than this one.
   */
  void install(Hooks hooks);
}
