package dev.weft.control.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the commands do about tokens, roots and trust. */
@Timeout(60)
final class SecurityCommandsTest {

  @TempDir private Path data;
  @TempDir private Path elsewhere;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private RunningServer server;

  @BeforeEach
  void start() {
    server = new RunningServer(data, ControlServer.Security.DEFAULTS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void findTheAdminTokenInTheDataDirectory() {
    assertThat(run("token", "list", "--server", server.url, "--data-dir", data.toString()))
        .isZero();
    assertThat(out.toString()).contains("admin").contains("live");
    assertThat(run("token", "list", "--server", server.url, "--data-dir", elsewhere.toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains("authentication required");
  }

  @Test
  void makeListAndRevokeTokens() {
    assertThat(runHere("token", "create", "-n", "shop", "--service-account", "cart", "--uses", "2"))
        .isZero();
    String token = out.toString().strip();
    assertThat(token).startsWith("weft-join.");
    String id = token.split("\\.")[1];
    runHere("token", "list");
    assertThat(out.toString()).containsPattern(id + " +join +shop +cart +live +0/2");
    assertThat(runHere("token", "revoke", id)).isZero();
    runHere("token", "list");
    assertThat(out.toString()).containsPattern(id + " .*revoked");
    assertThat(runHere("token", "revoke", "none")).isEqualTo(1);
    assertThat(runHere("token", "create", "-n", "weft-system")).isEqualTo(1);
    assertThat(err.toString()).contains("not found").contains("the control server's");
    assertThat(runHere("token", "create", "--ttl", "soon")).isEqualTo(1);
    assertThat(runHere("token", "create", "--admin", "--uses", "1")).isEqualTo(2);
  }

  @Test
  void rotateRoots() {
    assertThat(runHere("ca", "rotate")).isZero();
    assertThat(out.toString()).contains("NEXT");
    runHere("ca", "roots");
    assertThat(out.toString()).contains("SIGNS");
    assertThat(runHere("ca", "rotate")).isEqualTo(1);
    assertThat(runHere("ca", "retire")).isEqualTo(1);
    assertThat(err.toString()).contains("two roots are trusted already").contains("signs from");
  }

  @Test
  void speakHttpsToWhomTheyTrust() {
    String https = server.url.replace("http://127.0.0.1", "https://localhost");
    assertThat(run("status", "--server", https, "--data-dir", data.toString())).isZero();
    String token = server.server.newAdminToken().orElseThrow();
    assertThat(
            run(
                "status",
                "--server",
                https,
                "--token",
                token,
                "--root-cert",
                data.resolve("root-cert.pem").toString()))
        .isZero();
    assertThat(
            run("status", "--server", https, "--token", token, "--data-dir", elsewhere.toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains("is not trusted").contains("--root-cert");
  }

  @Test
  void sendNoTokenInPlaintextToAnotherMachine() {
    assertThat(run("status", "--server", "http://192.0.2.1:8181", "--token", "weft-admin.x.y"))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains("in plaintext")
        .contains("--server https://192.0.2.1:8181")
        .doesNotContain("weft-admin.x.y");
  }

  @Test
  void wrongSettingsOfTheServerAreSaidAtOnce() {
    for (String wrong :
        List.of(
            "--workload-cert-ttl=soon",
            "--workload-cert-ttl=0s",
            "--trust-domain=A B",
            "--admin-identity=shop")) {
      assertThat(run("server", "--port", "0", "--data-dir", elsewhere.toString(), wrong))
          .as(wrong)
          .isEqualTo(2);
    }
    assertThat(err.toString().lines()).hasSize(8);
    for (String wrong : List.of("--ca-dir=" + elsewhere.resolve("none"), "--tls-san=a/b")) {
      assertThat(run("server", "--port", "0", "--data-dir", elsewhere.toString(), wrong))
          .as(wrong)
          .isEqualTo(1);
    }
  }

  private int runHere(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--server", server.url, "--data-dir", data.toString()));
    return run(all.toArray(new String[0]));
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }
}
