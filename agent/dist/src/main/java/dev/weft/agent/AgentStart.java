package dev.weft.agent;

import dev.weft.bootstrap.Mesh;
import dev.weft.tooling.AdapterFinder;
import dev.weft.tooling.AdapterInstaller;
import dev.weft.tooling.AdapterStates;
import java.io.File;
import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/** Starts the agent: puts its parts together and hooks the application. */
public final class AgentStart {

  private AgentStart() {}

  /**
   * Called once by the bootstrap class, before the application's {@code main}. Hooks; what connects
   * or resolves anything runs on a thread of its own afterwards.
   *
   * @param jar the agent's own
   */
  public static void start(@Nullable String arguments, Instrumentation instrumentation, File jar) {
    Settings settings = Settings.read(arguments);
    for (String warning : settings.warnings()) {
      Console.say(warning);
    }
    Agent agent = new Agent(settings, jar);
    Mesh before = agent.restoreAndServe();
    try {
      AdapterStates adapters =
          AdapterInstaller.install(
              instrumentation,
              AdapterFinder.find(AgentStart.class.getClassLoader(), Console::say),
              Console::say);
      agent.startThread(adapters);
    } catch (Throwable t) {
      // What is hooked already passes through from now on, as if there were no agent.
      Mesh.install(before);
      throw t;
    }
  }
}
