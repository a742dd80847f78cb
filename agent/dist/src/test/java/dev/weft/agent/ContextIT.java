package dev.weft.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The context of a request follows tasks through the JDK, under the packaged agent. */
@Timeout(120)
class ContextIT {

  private static final String JAR = AgentJarIT.JAR.getPath();
  private static final int VIRTUAL_THREADS = 21;
  private static final Map<Integer, File> JDKS = Jdks.find();
  private static @TempDir Path directory;

  @BeforeAll
  static void compileTheApplication() throws Exception {
    Path source = directory.resolve("Handed.java");
    try (InputStream text = ContextIT.class.getResourceAsStream("/Handed.java")) {
      Files.copy(requireNonNull(text), source);
    }
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "--release", "8", "-nowarn", "-cp", JAR, source.toString());
    assertThat(result).isZero();
  }

  static Stream<Integer> promised() {
    return Jdks.PROMISED.stream();
  }

  @ParameterizedTest
  @MethodSource("promised")
  void followsTasks(int version) throws Exception {
    assertThat(run(version)).endsWith("all came along\n");
  }

  @ParameterizedTest
  @MethodSource("promised")
  void followsTasksOnOneProcessor(int version) throws Exception {
    assertThat(run(version, "-Djava.util.concurrent.ForkJoinPool.common.parallelism=1"))
        .endsWith("all came along\n");
  }

  private static String run(int version, String... options) throws Exception {
    File java = JDKS.get(version);
    assumeTrue(java != null, () -> "SKIPPED: no JDK " + version + " here, only " + JDKS);
    List<String> command = new ArrayList<>(List.of(requireNonNull(java).getPath()));
    command.addAll(List.of(options));
    command.addAll(List.of("-javaagent:" + JAR + "=admin.port=0", "-cp", directory.toString()));
    command.add("Handed");
    if (version >= VIRTUAL_THREADS) {
      command.add("virtual");
    }
    Process process =
        new ProcessBuilder(command)
            .redirectError(directory.resolve("stderr").toFile())
            .redirectOutput(directory.resolve("stdout").toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String errors = Files.readString(directory.resolve("stderr"), StandardCharsets.UTF_8);
    assertThat(errors.lines().filter(line -> line.startsWith("[weft]"))).isEmpty();
    return Files.readString(directory.resolve("stdout"), StandardCharsets.UTF_8);
  }
}
