package dev.weft.control.app.demo;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The child processes of the demo and their logs; all are stopped by {@link #close}. */
final class Processes implements AutoCloseable {

  private static final long STOP_SECONDS = 5;

  private record Child(String name, Process process) {}

  private final Path directory;
  private final List<Child> children = new ArrayList<>();

  Processes() throws IOException {
    directory = Files.createTempDirectory("weft-demo");
  }

  /** Scratch folder of this run, with a log per process. */
  Path directory() {
    return directory;
  }

  Path log(String name) {
    return directory.resolve(name + ".log");
  }

  /** Starts {@code java} of this JVM with {@code arguments}. */
  synchronized void java(String name, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    // The demo shows what it says it shows, whatever stands in the caller's environment.
    builder.environment().keySet().removeIf(key -> key.startsWith("WEFT_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.redirectErrorStream(true).redirectOutput(log(name).toFile());
    children.add(new Child(name, builder.start()));
  }

  /** The name of a child that ended by itself, and the end of its log; empty when all run. */
  synchronized String ended() throws IOException {
    for (Child child : children) {
      if (!child.process.isAlive()) {
        return child.name
            + " ended with exit code "
            + child.process.exitValue()
            + "; the end of its log:\n"
            + lastLines(log(child.name));
      }
    }
    return "";
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public synchronized void close() {
    for (Child child : children) {
      child.process.destroy();
    }
    for (Child child : children) {
      stop(child.process);
    }
    children.clear();
    deleteDirectory();
  }

  private static void stop(Process process) {
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void deleteDirectory() {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A scratch folder that stays behind in the system's temporary folder harms nobody.
      directory.toFile().deleteOnExit();
    }
  }

  private static String lastLines(Path log) throws IOException {
    String text = Files.readString(log, StandardCharsets.UTF_8);
    return text.substring(Math.max(0, text.length() - 2000));
  }
}
