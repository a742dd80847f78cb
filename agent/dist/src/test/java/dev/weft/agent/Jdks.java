package dev.weft.agent;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JDKs of this machine by feature version: from the directory that {@code weft.jdks} or {@code
 * WEFT_JDKS} names ({@code bin/java8} and so on), from {@code ~/.weft-jdks} and {@code
 * /usr/lib/jvm}.
 */
final class Jdks {

  /** The versions that the agent promises to run on. */
  static final List<Integer> PROMISED = List.of(8, 11, 17, 21, 25);

  private static final Pattern LINK = Pattern.compile("java(\\d+)");
  private static final Pattern HOME = Pattern.compile("\\D*(?:1\\.)?(\\d+).*");

  private Jdks() {}

  /** The java command of each version found. */
  static Map<Integer, File> find() {
    Map<Integer, File> found = new TreeMap<>();
    String set = System.getProperty("weft.jdks", System.getenv("WEFT_JDKS"));
    List<File> roots = new ArrayList<>();
    if (set != null) {
      roots.add(new File(set));
    }
    roots.add(new File(System.getProperty("user.home"), ".weft-jdks"));
    for (File root : roots) {
      for (File link : list(new File(root, "bin"))) {
        Matcher name = LINK.matcher(link.getName());
        if (name.matches() && link.canExecute()) {
          found.putIfAbsent(Integer.valueOf(name.group(1)), link);
        }
      }
    }
    for (File home : list(new File("/usr/lib/jvm"))) {
      Matcher name = HOME.matcher(home.getName().replaceFirst("^java-1\\.", "java-"));
      File java = new File(home, "bin/java");
      if (name.matches() && java.canExecute()) {
        found.putIfAbsent(Integer.valueOf(name.group(1)), java);
      }
    }
    found.putIfAbsent(
        Runtime.version().feature(), new File(System.getProperty("java.home"), "bin/java"));
    return found;
  }

  private static File[] list(File directory) {
    File[] files = directory.listFiles();
    return files == null ? new File[0] : files;
  }
}
