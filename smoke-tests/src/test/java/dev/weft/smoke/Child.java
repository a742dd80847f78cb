package dev.weft.smoke;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One JVM of a test, with its log in {@code target/smoke-logs}. */
final class Child implements AutoCloseable {

  private static final Path LOGS = Path.of("target", "smoke-logs");

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  static Child start(String name, Jdk jdk, List<String> arguments, Map<String, String> environment)
      throws IOException {
    Files.createDirectories(LOGS);
    Path log = Files.createTempFile(LOGS, name + "-", ".log");
    List<String> command = new ArrayList<>();
    command.add(jdk.java().toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(key -> key.startsWith("WEFT_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new Child(name, builder.start(), log);
  }

  String log() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  /** Waits until the log has a line that contains {@code pattern}; returns its first group. */
  String awaitLog(String pattern) throws Exception {
    Pattern compiled = Pattern.compile(pattern);
    String[] found = new String[1];
    Await.until(
        name + " printing '" + pattern + "'; its log so far: " + log,
        () -> {
          Matcher matcher = compiled.matcher(log());
          if (matcher.find()) {
            found[0] = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
            return true;
          }
          if (!process.isAlive()) {
            throw new AssertionError(name + " ended: " + log());
          }
          return false;
        });
    return found[0];
  }

  /** Waits for the process to end by itself; returns its exit code. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(180, TimeUnit.SECONDS)) {
      throw new AssertionError(name + " did not end within 180 s; log: " + log);
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** As kill -9 does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
