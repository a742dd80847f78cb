package dev.weft.smoke;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A JDK that this machine has: the one that runs the tests, those under {@code /usr/lib/jvm}, and
 * {@code bin/java8} and so on in the folder of {@code WEFT_JDKS} (default {@code ~/.weft-jdks}).
 */
record Jdk(int version, Path java) {

  static final List<Integer> SUPPORTED = List.of(8, 11, 17, 21, 25);

  /** The JDK that runs the tests. */
  static Jdk current() {
    return new Jdk(
        Runtime.version().feature(), Path.of(System.getProperty("java.home"), "bin", "java"));
  }

  static Optional<Jdk> of(int version) {
    return version == current().version()
        ? Optional.of(current())
        : candidates(version).filter(Files::isExecutable).map(p -> new Jdk(version, p)).findFirst();
  }

  private static Stream<Path> candidates(int version) {
    String folder = System.getenv("WEFT_JDKS");
    Path own =
        folder != null ? Path.of(folder) : Path.of(System.getProperty("user.home"), ".weft-jdks");
    return Stream.concat(Stream.of(own.resolve("bin/java" + version)), installed(version).stream());
  }

  private static List<Path> installed(int version) {
    Path root = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> homes = Files.list(root)) {
      return homes
          .filter(home -> home.getFileName().toString().matches(".*[-.]" + version + "([-.].*)?"))
          .map(home -> home.resolve("bin/java"))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "JDK " + version;
  }
}
