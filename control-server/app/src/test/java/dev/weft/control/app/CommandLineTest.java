package dev.weft.control.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Exit codes: 0 done, 1 refused with reasons, 2 wrong usage; what is said along with them. */
@Timeout(60)
final class CommandLineTest {

  @TempDir Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "frobnicate",
        "apply",
        "delete vs",
        "get gateways",
        "get vs -o xml",
        "describe pod x",
        "status --server :::",
        "server --port 99999",
        "server --port many",
        "server --bind no-such-host.invalid"
      })
  void wrongUsageIsTwoLinesAndExitCode2(String words) {
    assertThat(run(words.isEmpty() ? new String[0] : words.split(" "))).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(2).last().asString().contains("--help'");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void helpIsExitCode0() {
    assertThat(run("--help")).isZero();
    assertThat(run("apply", "--help")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void refusalIsExitCode1WithTheReason() throws Exception {
    Path latin = data.resolve("latin.yaml");
    Files.write(latin, "a: \u00e9".getBytes(ISO_8859_1));
    assertThat(run("apply", "-f", latin.toString())).isEqualTo(1);
    assertThat(run("apply", "-f", data.resolve("none.yaml").toString())).isEqualTo(1);
    assertThat(run("status", "--server", "http://127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("latin.yaml: not UTF-8"),
            line -> assertThat(line).contains("none.yaml: no such file"),
            line -> assertThat(line).startsWith("no control server at http://127.0.0.1:1"));
  }

  @Test
  void whatIsNotThereCannotBeDeleted() throws Exception {
    try (RunningServer server = new RunningServer(data)) {
      assertThat(run("delete", "vs", "none", "--server", server.url)).isEqualTo(1);
      assertThat(err.toString()).contains("not found");
      assertThat(run("get", "vs", "--server", server.url)).isZero();
    }
  }

  private int run(String... arguments) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }
}
