package dev.weft.testkit;

import dev.weft.instrumentation.Adapter;
import dev.weft.tooling.AdapterInstaller;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Installs adapters in the test's own JVM, as the agent does it, each once per JVM; there is no way
 * back out. Fails the tests when an adapter was left out or refused.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final InstalledAdapter ADAPTER = InstalledAdapter.of(new OkHttpInstrumentation());
 * }</pre>
 */
public final class InstalledAdapter implements BeforeAllCallback, AfterEachCallback {

  private static final Map<String, Adapter> INSTALLED = new LinkedHashMap<>();
  private static final Queue<String> LINES = new ConcurrentLinkedQueue<>();

  private final List<Adapter> adapters;

  private InstalledAdapter(List<Adapter> adapters) {
    this.adapters = adapters;
  }

  public static InstalledAdapter of(Adapter... adapters) {
    return new InstalledAdapter(Arrays.asList(adapters));
  }

  /**
   * Installs those of {@code adapters} that this JVM does not have yet; may be called at any time.
   */
  public static void install(Adapter... adapters) {
    synchronized (INSTALLED) {
      List<Adapter> missing = new ArrayList<>();
      for (Adapter adapter : adapters) {
        if (INSTALLED.putIfAbsent(adapter.name(), adapter) == null) {
          missing.add(adapter);
        }
      }
      if (!missing.isEmpty()) {
        AdapterInstaller.install(ByteBuddyAgent.install(), missing, LINES::add);
      }
    }
  }

  /** Installs all adapters that are on the class path. */
  public static void installFound() {
    List<Adapter> found = new ArrayList<>();
    ServiceLoader.load(Adapter.class).forEach(found::add);
    if (found.isEmpty()) {
      throw new IllegalStateException("no adapter on the class path");
    }
    install(found.toArray(new Adapter[0]));
  }

  /** What the installer said so far about adapters that cannot work; empty when all is well. */
  public static List<String> lines() {
    return new ArrayList<>(LINES);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    install(adapters.toArray(new Adapter[0]));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!LINES.isEmpty()) {
      throw new AssertionError("an adapter was not applied: " + LINES);
    }
  }
}
