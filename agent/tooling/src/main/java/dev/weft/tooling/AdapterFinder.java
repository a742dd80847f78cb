package dev.weft.tooling;

import dev.weft.instrumentation.Adapter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the adapters in the agent's own jar: reads its service file through its own class loader,
 * so that nothing of the application, and no thread's context loader, has a say.
 */
public final class AdapterFinder {

  private static final String SERVICES = "META-INF/services/" + Adapter.class.getName();

  private AdapterFinder() {}

  /**
   * @param listener hears of an adapter that cannot be made; the others are there nevertheless
   * @return one instance of each adapter that {@code agent} lists; empty when it lists none
   * @throws IllegalStateException when the list cannot be read: the jar is broken
   */
  public static List<Adapter> find(ClassLoader agent, AdapterInstaller.Listener listener) {
    List<Adapter> adapters = new ArrayList<>();
    for (String name : names(agent)) {
      try {
        adapters.add((Adapter) agent.loadClass(name).getConstructor().newInstance());
      } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
        listener.say("adapter " + name + " is left out: " + e);
      }
    }
    return adapters;
  }

  private static List<String> names(ClassLoader agent) {
    List<String> names = new ArrayList<>();
    try (InputStream in = agent.getResourceAsStream(SERVICES)) {
      if (in == null) {
        return names;
      }
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String name = line.trim();
        if (!name.isEmpty() && !name.startsWith("#")) {
          names.add(name);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("list of adapters cannot be read: " + e, e);
    }
    return names;
  }
}
