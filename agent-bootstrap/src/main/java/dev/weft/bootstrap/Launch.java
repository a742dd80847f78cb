package dev.weft.bootstrap;

import org.jspecify.annotations.Nullable;

/**
 * Decides from how the JVM was launched whether the agent belongs in it, before anything of the
 * agent is loaded: {@code JAVA_TOOL_OPTIONS} brings it into every JVM of a container, {@code
 * keytool} and {@code jcmd} too.
 */
final class Launch {

  /** Main classes of the JDK's tools on Java 8, of build tools; also of the JDK's newer ones. */
  private static final String[] TOOLS = {
    "sun.",
    "jdk.",
    "com.sun.tools.",
    "com.sun.java.util.jar.pack.",
    "com.sun.corba.",
    "org.codehaus.plexus.classworlds.launcher.Launcher",
    "org.gradle.launcher.",
    "org.gradle.wrapper.",
  };

  /** {@code java Some.java} runs an application by way of the compiler. */
  private static final String SOURCE_LAUNCHER = "com.sun.tools.javac.launcher.";

  /** So named where the property that tells the main module is gone by now. */
  private static final String SOURCE_LAUNCHER_IN_ITS_MODULE = "jdk.compiler/" + SOURCE_LAUNCHER;

  private Launch() {}

  /**
   * False when {@code enabled} is {@code false}, and in JDK and build tools unless {@code enabled}
   * is {@code true} or somebody attached the agent on purpose.
   */
  static boolean wantsAgent(@Nullable String arguments, boolean attached) {
    String enabled = enabled(arguments);
    if ("false".equalsIgnoreCase(enabled)) {
      return false;
    }
    if (attached || "true".equalsIgnoreCase(enabled)) {
      return true;
    }
    return !isTool(System.getProperty("sun.java.command"), System.getProperty("jdk.module.main"));
  }

  private static @Nullable String enabled(@Nullable String arguments) {
    String value = System.getProperty("weft.enabled");
    if (value == null) {
      value = System.getenv("WEFT_ENABLED");
    }
    if (value == null && arguments != null) {
      for (int start = 0; start >= 0 && start < arguments.length(); ) {
        int end = arguments.indexOf(',', start);
        String argument = end < 0 ? arguments.substring(start) : arguments.substring(start, end);
        if (argument.trim().startsWith("enabled=")) {
          value = argument.trim().substring("enabled=".length());
        }
        start = end < 0 ? -1 : end + 1;
      }
    }
    return value == null ? null : value.trim();
  }

  /**
   * @param command the launcher's main class or jar file with its arguments; null when the JVM was
   *     not started by a launcher
   */
  static boolean isTool(@Nullable String command, @Nullable String mainModule) {
    if (command == null || command.isEmpty()) {
      return false;
    }
    int space = command.indexOf(' ');
    String main = space < 0 ? command : command.substring(0, space);
    if (main.startsWith(SOURCE_LAUNCHER) || main.startsWith(SOURCE_LAUNCHER_IN_ITS_MODULE)) {
      return false;
    }
    String type = main;
    if (mainModule != null && main.startsWith(mainModule + "/")) {
      type = main.substring(mainModule.length() + 1);
      if (mainModule.startsWith("jdk.") || mainModule.startsWith("java.")) {
        return true;
      }
    }
    for (String tool : TOOLS) {
      if (type.startsWith(tool)) {
        return !type.endsWith(".jar");
      }
    }
    return false;
  }
}
