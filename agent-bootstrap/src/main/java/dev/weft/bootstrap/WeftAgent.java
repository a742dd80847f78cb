package dev.weft.bootstrap;

import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.security.CodeSource;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Where the JVM enters the agent ({@code Premain-Class}, {@code Agent-Class}): puts the waist on
 * the boot path and starts {@code dev.weft.agent.AgentStart} in a class loader of its own. Does
 * nothing else.
 */
public final class WeftAgent {

  private static final String START = "dev.weft.agent.AgentStart";

  private WeftAgent() {}

  /**
   * Called by the JVM before {@code main}. Never throws: a failed agent leaves the JVM as it was.
   */
  public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
    enter(arguments, instrumentation, false, null);
  }

  /** Called by the JVM on attach. Never throws. */
  public static void agentmain(@Nullable String arguments, Instrumentation instrumentation) {
    enter(arguments, instrumentation, true, null);
  }

  /**
   * Called by who brings the agent into the JVM in another way. Never throws.
   *
   * @param jar with the layout of the agent's own
   */
  public static void launch(@Nullable String arguments, Instrumentation instrumentation, File jar) {
    enter(arguments, instrumentation, false, jar);
  }

  private static void enter(
      @Nullable String arguments,
      Instrumentation instrumentation,
      boolean attached,
      @Nullable File given) {
    try {
      if (!Launch.wantsAgent(arguments, attached)) {
        return;
      }
      File jar = given != null ? given : ownJar();
      // This class came from the class path; everybody else sees the copy on the boot path.
      Class<?> waist = onBootPath();
      if (waist == null) {
        instrumentation.appendToBootstrapClassLoaderSearch(new JarFile(jar, false));
        waist = onBootPath();
      }
      if (waist == null) {
        throw new IllegalStateException("nothing of it is on the boot path after adding " + jar);
      }
      waist
          .getMethod("start", String.class, Instrumentation.class, File.class)
          .invoke(null, arguments, instrumentation, jar);
    } catch (InvocationTargetException e) {
      complain(e.getCause() == null ? e : e.getCause());
    } catch (Throwable t) {
      complain(t);
    }
  }

  /**
   * Runs in the copy of this class on the boot path. Called by the other copy only.
   *
   * @param jar the agent's own
   */
  public static void start(@Nullable String arguments, Instrumentation instrumentation, File jar)
      throws Exception {
    if (!Mesh.claim()) {
      System.err.println("[weft] the agent runs already: " + jar + " has no effect");
      return;
    }
    AgentLoader loader = new AgentLoader(jar);
    Class<?> start = loader.loadClass(START);
    try {
      start
          .getMethod("start", String.class, Instrumentation.class, File.class)
          .invoke(null, arguments, instrumentation, jar);
    } catch (InvocationTargetException e) {
      complain(e.getCause() == null ? e : e.getCause());
    }
  }

  private static @Nullable Class<?> onBootPath() {
    try {
      return Class.forName(WeftAgent.class.getName(), false, null);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private static File ownJar() throws IOException {
    CodeSource source = WeftAgent.class.getProtectionDomain().getCodeSource();
    URL url = source == null ? null : source.getLocation();
    if (url == null) {
      throw new IOException("its own jar file is unknown (expected: started with -javaagent)");
    }
    try {
      return new File(url.toURI());
    } catch (Exception e) {
      throw new IOException("its own jar file is no file: " + url, e);
    }
  }

  private static void complain(Throwable problem) {
    try {
      System.err.println(
          "[weft] the agent could not start, the application runs without it: " + problem);
    } catch (Throwable ignored) {
      // No stderr: there is nobody left to tell, and the application must start.
    }
  }
}
