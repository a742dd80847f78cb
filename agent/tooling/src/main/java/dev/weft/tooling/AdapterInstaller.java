package dev.weft.tooling;

import dev.weft.instrumentation.Adapter;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Installs adapters into the JVM. */
public final class AdapterInstaller {

  /** Hears, in one line each, of adapters that cannot work. Any thread; must not throw. */
  public interface Listener {
    void say(String line);
  }

  private AdapterInstaller() {}

  /**
   * Hooks what {@code adapters} declare, in classes that are loaded already and in those to come.
   * An adapter that fails is left out and named to {@code listener}; the others work. Of those that
   * hook the same method, the last one is asked first, and {@linkplain Adapter#isFloor floors} are
   * asked after all others.
   *
   * @return how the adapters fare, up to date whenever it is asked
   */
  public static AdapterStates install(
      Instrumentation instrumentation, Iterable<? extends Adapter> adapters, Listener listener) {
    DeclaredHooks hooks = new DeclaredHooks();
    List<InstalledAdapter> installed = new ArrayList<>();
    FoundLibraries libraries = new FoundLibraries(HttpLibrary.catalogue(), installed);
    AdapterStates states = new AdapterStates(libraries);
    for (Adapter adapter : floorsFirst(adapters)) {
      try {
        for (InstalledAdapter entry : InstalledAdapter.all(adapter)) {
          if (entry.hooks().isEmpty()) {
            states.add(AdapterState.off(entry.name()));
            continue;
          }
          hooks.add(entry.hooks());
          installed.add(entry);
          states.add(entry.state());
        }
      } catch (Throwable t) {
        String name = adapter.getClass().getName();
        listener.say("adapter " + name + " is left out: " + t);
        states.add(AdapterState.leftOut(name, t));
      }
    }
    new HookLoaders(AdapterInstaller.class.getClassLoader(), installed).use();
    HookTransformer transformer = new HookTransformer(hooks, libraries, listener);
    instrumentation.addTransformer(transformer, true);
    transformer.retransformLoaded(instrumentation);
    return states;
  }

  /** What is woven first ends up innermost. */
  private static List<Adapter> floorsFirst(Iterable<? extends Adapter> adapters) {
    List<Adapter> sorted = new ArrayList<>();
    for (Adapter adapter : adapters) {
      sorted.add(adapter);
    }
    sorted.sort(Comparator.comparing((Adapter adapter) -> !adapter.isFloor()));
    return sorted;
  }
}
