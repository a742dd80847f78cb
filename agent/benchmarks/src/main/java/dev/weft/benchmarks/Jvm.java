package dev.weft.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One JVM under measurement; reads its figures from {@code /proc} (Linux). */
final class Jvm implements AutoCloseable {

  private static final double TICKS_PER_SECOND = 100; // USER_HZ of Linux, fixed for programs

  private final Process process;
  private final Path log;

  private Jvm(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static Jvm start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(tool("java"));
    command.addAll(arguments);
    Path log = Files.createTempFile("weft-benchmark", ".log");
    log.toFile().deleteOnExit();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(key -> key.startsWith("WEFT_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return new Jvm(builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
  }

  static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** Runs to the end under bash's {@code time}; returns user and system CPU seconds. */
  static double cpuOfWholeRun(List<String> arguments) throws Exception {
    StringBuilder command = new StringBuilder("TIMEFORMAT='cpu %U %S'; time ");
    command.append(quote(tool("java")));
    for (String argument : arguments) {
      command.append(' ').append(quote(argument));
    }
    Process bash =
        new ProcessBuilder("bash", "-c", command + " >/dev/null 2>/dev/null")
            .redirectErrorStream(true)
            .start();
    String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    bash.waitFor();
    Matcher cpu = Pattern.compile("cpu ([0-9.]+) ([0-9.]+)").matcher(output);
    if (!cpu.find()) {
      throw new IllegalStateException("no CPU time in: " + output);
    }
    return Double.parseDouble(cpu.group(1)) + Double.parseDouble(cpu.group(2));
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  long pid() {
    return process.pid();
  }

  String log() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  /** Waits for a line of the log; returns the first group. */
  String awaitLog(String regex) throws IOException {
    Pattern pattern = Pattern.compile(regex);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end && process.isAlive()) {
      Matcher matcher = pattern.matcher(log());
      if (matcher.find()) {
        return matcher.groupCount() == 0 ? matcher.group() : matcher.group(1);
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new IllegalStateException("no '" + regex + "' in: " + log());
  }

  /** User and system CPU seconds so far. */
  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"), StandardCharsets.UTF_8);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  double rssMegabytes() throws IOException {
    return kilobytes("VmRSS") / 1024;
  }

  private double kilobytes(String key) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
      if (line.startsWith(key + ":")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IllegalStateException(key + " is not in /proc/" + pid() + "/status");
  }

  /** Bytes of live objects after a full collection, in megabytes. */
  double liveHeapMegabytes() throws Exception {
    String histogram = jcmd("GC.class_histogram");
    Matcher total = Pattern.compile("Total\\s+\\d+\\s+(\\d+)").matcher(histogram);
    if (!total.find()) {
      throw new IllegalStateException("no total in: " + histogram);
    }
    return Long.parseLong(total.group(1)) / 1048576.0;
  }

  private String jcmd(String command) throws Exception {
    Process jcmd =
        new ProcessBuilder(tool("jcmd"), Long.toString(pid()), command)
            .redirectErrorStream(true)
            .start();
    String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    jcmd.waitFor();
    return output;
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
