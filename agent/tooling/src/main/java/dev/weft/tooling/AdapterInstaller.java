package dev.weft.tooling;

import dev.weft.instrumentation.Adapter;
import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Installs adapters into the JVM. */
public final class AdapterInstaller {

  /** Hears, in one line each, of adapters that cannot work. Any thread; must not throw. */
  public interface Listener {
    void say(String line);
  }

  private AdapterInstaller() {}

  /**
   * Hooks what {@code adapters} declare, in classes that are loaded already and in those to come.
   * An adapter that fails is left out and named to {@code listener}; the others work.
   */
  public static void install(
      Instrumentation instrumentation, Iterable<? extends Adapter> adapters, Listener listener) {
    DeclaredHooks hooks = new DeclaredHooks();
    List<InstalledAdapter> installed = new CopyOnWriteArrayList<>();
    for (Adapter adapter : adapters) {
      try {
        InstalledAdapter entry = new InstalledAdapter(adapter);
        DeclaredHooks own = new DeclaredHooks();
        adapter.install(own.of(entry));
        hooks.add(own);
        installed.add(entry);
      } catch (Throwable t) {
        listener.say("adapter " + adapter.getClass().getName() + " is left out: " + t);
      }
    }
    ClassLoader agent = AdapterInstaller.class.getClassLoader();
    new HookLoaders(agent, installed).use();
    HookTransformer transformer = new HookTransformer(hooks, listener);
    instrumentation.addTransformer(transformer, true);
    transformer.retransformLoaded(instrumentation);
  }
}
