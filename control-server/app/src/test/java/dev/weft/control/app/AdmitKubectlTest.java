package dev.weft.control.app;

import static dev.weft.control.app.RunningServer.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The machine's own kubectl against this server; skipped, loudly, where there is none. */
@Timeout(300)
final class AdmitKubectlTest {

  @TempDir private Path data;
  @TempDir private Path files;
  private RunningServer server;

  @BeforeEach
  void start() {
    if (!kubectlIsThere()) {
      System.err.println("SKIPPED: no kubectl on the PATH, so nothing is known about kubectl here");
      Assumptions.abort("no kubectl on the PATH");
    }
    server = new RunningServer(data);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void appliesChangesWatchesAndDeletes() throws Exception {
    String file = write("reviews.yaml", virtualService("reviews", "v1"));
    assertThat(kubectl("apply", "-f", file))
        .isEqualTo("0 virtualservice.networking.istio.io/reviews created");
    assertThat(kubectl("apply", "-f", file)).endsWith("reviews unchanged");
    assertThat(kubectl("get", "virtualservices")).contains("reviews").contains("HOSTS");
    assertThat(kubectl("get", "vs", "-A")).contains("default").contains("reviews");

    Process watch = start("get", "vs", "--watch", "--output-watch-events");
    try (BufferedReader events = outputOf(watch)) {
      assertThat(events.readLine()).startsWith("EVENT");
      assertThat(events.readLine()).contains("ADDED").contains("reviews");
      write("reviews.yaml", virtualService("reviews", "v2"));
      assertThat(kubectl("apply", "-f", file)).endsWith("reviews configured");
      assertThat(events.readLine()).contains("MODIFIED");
      assertThat(kubectl("get", "vs", "reviews", "-o", "yaml")).contains("subset: v2");
      assertThat(kubectl("delete", "virtualservice", "reviews")).contains("deleted");
      assertThat(events.readLine()).contains("DELETED");
    } finally {
      watch.destroyForcibly();
    }
    assertThat(kubectl("get", "virtualservices")).contains("No resources found");
  }

  @Test
  void showsEveryReasonOfARefusal() throws Exception {
    String wrong = virtualService("reviews", "v1").replace("subset", "subzet");
    assertThat(kubectl("apply", "-f", write("wrong.yaml", wrong)))
        .startsWith("1 ")
        .contains("spec.http[0].route[0].destination.subzet");
  }

  @Test
  void authenticatesByATokenOverHttpsAsWithKubernetes() throws Exception {
    server.close();
    server = new RunningServer(data, ControlServer.Security.DEFAULTS);
    String token = server.server.newAdminToken().orElseThrow();
    String file = write("reviews.yaml", virtualService("reviews", "v1"));
    String https = "--server=https://localhost:" + server.server.port();
    String roots = "--certificate-authority=" + data.resolve("root-cert.pem");

    assertThat(kubectl(https, roots, "--token=" + token, "apply", "-f", file))
        .isEqualTo("0 virtualservice.networking.istio.io/reviews created");
    assertThat(kubectl(https, roots, "--token=" + token, "get", "vs")).contains("reviews");
    assertThat(kubectl(https, roots, "--token=" + token + "x", "get", "vs"))
        .startsWith("1 ")
        .contains("logged in");
    assertThat(kubectl(https, "--token=" + token, "get", "vs"))
        .startsWith("1 ")
        .contains("certificate signed by unknown authority");
    // kubectl keeps its token to itself when it is to talk plaintext.
    assertThat(kubectl("--token=" + token, "get", "vs")).startsWith("1 ");
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(files.resolve(name), text).toString();
  }

  private static boolean kubectlIsThere() {
    for (String directory : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(directory, "kubectl"))) {
        return true;
      }
    }
    return false;
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add("kubectl");
    if (!arguments[0].startsWith("--server=")) {
      command.add("--server=" + server.url);
    }
    command.add("--cache-dir=" + files.resolve("cache"));
    // Whatever the machine is configured for, this is about this server.
    command.add("--kubeconfig=/dev/null");
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        // It would ask for a user name.
        .redirectInput(new java.io.File("/dev/null"))
        .start();
  }

  private static BufferedReader outputOf(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Exit code and output. */
  private String kubectl(String... arguments) throws Exception {
    Process process = start(arguments);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + output.strip();
  }
}
