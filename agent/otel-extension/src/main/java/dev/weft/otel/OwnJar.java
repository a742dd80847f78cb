package dev.weft.otel;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Where the extension lies. The OpenTelemetry agent loads extensions through URLs of its own, which
 * do not tell; its setting does.
 */
final class OwnJar {

  /** Files and folders of extensions, comma-separated. */
  static final String SETTING = "otel.javaagent.extensions";

  private static final String[] CONTENT = {
    "dev/weft/otel/OwnJar.class", "inst/dev/weft/agent/AgentStart.class",
  };

  private OwnJar() {}

  /** The setting as the OpenTelemetry agent reads it; empty when there is none. */
  static String settings() {
    String property = System.getProperty(SETTING);
    if (property != null) {
      return property;
    }
    String variable = System.getenv("OTEL_JAVAAGENT_EXTENSIONS");
    return variable == null ? "" : variable;
  }

  /**
   * The first of the files, and of those in the folders, that is this extension.
   *
   * @param extensions value of {@link #SETTING}
   */
  static @Nullable File find(String extensions) {
    for (File file : candidates(extensions)) {
      if (isThis(file)) {
        return file;
      }
    }
    return null;
  }

  private static List<File> candidates(String extensions) {
    List<File> candidates = new ArrayList<>();
    for (String path : extensions.split(",")) {
      File file = new File(path.trim());
      File[] inside = file.listFiles();
      if (inside == null) {
        candidates.add(file);
      } else {
        Arrays.sort(inside);
        candidates.addAll(Arrays.asList(inside));
      }
    }
    return candidates;
  }

  private static boolean isThis(File file) {
    if (!file.isFile() || !file.getName().endsWith(".jar")) {
      return false;
    }
    try (JarFile jar = new JarFile(file, false)) {
      for (String entry : CONTENT) {
        if (jar.getJarEntry(entry) == null) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
