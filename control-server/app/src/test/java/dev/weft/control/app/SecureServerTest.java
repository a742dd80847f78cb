package dev.weft.control.app;

import static dev.weft.control.app.RunningServer.JSON;
import static dev.weft.control.app.RunningServer.VS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.control.app.Joiner.Joined;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server as it runs by default: it asks who is calling, in TLS and in plaintext. */
@Timeout(120)
final class SecureServerTest {

  @TempDir private Path data;
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
  void theFirstStartMakesAnAdminTokenForItsOwnerOnly() throws Exception {
    String token = server.server.newAdminToken().orElseThrow();
    assertThat(token).matches("weft-admin\\.[a-z0-9]{12}\\.[A-Za-z0-9_-]{43}");
    assertThat(Files.readString(data.resolve("admin-token")).strip()).isEqualTo(token);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("admin-token"))))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("ca/root-0001.pem"))))
        .isEqualTo("rw-------");
    assertThat(Files.readString(data.resolve("weft.mv.db"), StandardCharsets.ISO_8859_1))
        .contains(token.split("\\.")[1])
        .doesNotContain(token.split("\\.")[2]);
  }

  @Test
  void restAsksForATokenAndHealthDoesNot() throws Exception {
    for (String path : List.of(VS, "/v1/status", "/v1/tokens", "/v1/ca", "/apis")) {
      RunningServer.Answer refused = server.get(path);
      assertThat(refused.status()).as(path).isEqualTo(401);
      assertThat(refused.json().at("/kind").asText()).isEqualTo("Status");
      assertThat(refused.json().at("/reason").asText()).isEqualTo("Unauthorized");
      assertThat(refused.response().headers().firstValue("www-authenticate"))
          .hasValue("Bearer realm=\"weft\"");
      assertThat(with(adminToken(), "GET", path, "").statusCode()).as(path).isEqualTo(200);
    }
    assertThat(server.send("POST", "/apply", "application/yaml", "a: b").status()).isEqualTo(401);
    for (String path : List.of("/healthz", "/readyz", "/metrics", "/version", "/v1/trust-bundle")) {
      assertThat(server.get(path).status()).as(path).isEqualTo(200);
    }
  }

  @Test
  void aTokenThatIsWrongRevokedOrOfAnotherKindOpensNothing() throws Exception {
    String admin = adminToken();
    String id = admin.split("\\.")[1];
    assertThat(with("weft-admin." + id + "." + "A".repeat(43), "GET", VS, "").body())
        .contains("not known");
    assertThat(with(join("shop", "cart", "1h", 0), "GET", VS, "").body()).contains("wrong kind");

    String second =
        text(with(admin, "POST", "/v1/tokens", "{\"type\":\"admin\"}").body(), "/token");
    assertThat(with(second, "GET", VS, "").statusCode()).isEqualTo(200);
    assertThat(with(admin, "DELETE", "/v1/tokens/" + second.split("\\.")[1], "").statusCode())
        .isEqualTo(200);
    HttpResponse<String> refused = with(second, "GET", VS, "");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("revoked at").doesNotContain(second.split("\\.")[2]);
  }

  @Test
  void aJoinTokenGivesTheIdentityThatItSaysWhateverTheRequestSays() throws Exception {
    Joined joined = joiner().byToken(join("shop", "cart", "1h", 0));

    assertThat(joined.identity()).isEqualTo("spiffe://cluster.local/ns/shop/sa/cart");
    assertThat(joined.own().getSubjectX500Principal().getName()).isEmpty();
    assertThat(joined.own().getSubjectAlternativeNames()).hasSize(1);
    assertThat(joined.own().getCriticalExtensionOIDs()).contains("2.5.29.17");
    assertThat(joined.chain()).hasSize(2);
    assertThat(server.get("/metrics").body()).contains("weft_certificates_issued_total 1.0");
  }

  @Test
  void aCertificateRenewsItself() throws Exception {
    Joined first = joiner().byToken(join("shop", "cart", "1h", 1));
    Joined second = joiner().byCertificate(first);
    assertThat(second.identity()).isEqualTo(first.identity());
    assertThat(second.own().getSerialNumber()).isNotEqualTo(first.own().getSerialNumber());
    assertThatThrownBy(() -> new Joiner(server.server.port(), roots()).byToken("x"))
        .hasMessageContaining("UNAUTHENTICATED");
  }

  @Test
  void refusalsSayWhy() throws Exception {
    String used = join("shop", "cart", "1h", 1);
    Joiner one = joiner();
    one.byToken(used);
    one.byToken(used);
    assertThatThrownBy(() -> joiner().byToken(used))
        .as("another key with the same token")
        .hasMessageStartingWith("UNAUTHENTICATED: join token")
        .hasMessageContaining("used up");

    String revoked = join("shop", "cart", "1h", 0);
    with(adminToken(), "DELETE", "/v1/tokens/" + revoked.split("\\.")[1], "");
    assertThatThrownBy(() -> joiner().byToken(revoked)).hasMessageContaining("revoked at");

    String good = join("shop", "cart", "1h", 0);
    assertThatThrownBy(() -> new Joiner(server.server.port(), "").byToken(good))
        .hasMessageContaining("UNAUTHENTICATED: certificates are issued over TLS only");
    assertThatThrownBy(() -> joiner().byToken(adminToken())).hasMessageContaining("wrong kind");
    assertThat(
            with(
                    adminToken(),
                    "POST",
                    "/v1/tokens",
                    "{\"namespace\":\"weft-system\",\"serviceAccount\":\"weft-control\"}")
                .body())
        .contains("the control server's");
  }

  @Test
  void concurrentUsesAreCountedExactly() throws Exception {
    String token = join("shop", "cart", "1h", 3);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      Callable<String> task =
          () -> {
            try {
              return joiner().byToken(token).identity();
            } catch (io.grpc.StatusRuntimeException e) {
              return String.valueOf(e.getStatus().getDescription()).replaceAll(".*: ", "");
            }
          };
      List<Future<String>> answers = pool.invokeAll(java.util.Collections.nCopies(12, task));
      int good = 0;
      Set<String> others = new TreeSet<>();
      for (Future<String> answer : answers) {
        if (answer.get().startsWith("spiffe:")) {
          good++;
        } else {
          others.add(answer.get());
        }
      }
      assertThat(good).isEqualTo(3);
      assertThat(others).containsExactly("used up (it was good for 3)");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aRestartKeepsRootTokensAndCounts() throws Exception {
    String admin = adminToken();
    String once = join("shop", "cart", "1h", 1);
    Joined before = joiner().byToken(once);
    String roots = roots();
    server.close();
    server = new RunningServer(data, ControlServer.Security.DEFAULTS);

    assertThat(server.server.newAdminToken()).isEmpty();
    assertThat(roots()).isEqualTo(roots);
    assertThat(with(admin, "GET", VS, "").statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> joiner().byToken(once)).hasMessageContaining("used up");
    assertThat(joiner().byCertificate(before).identity()).isEqualTo(before.identity());
  }

  @Test
  void guessingIsSlowAndHoldsUpNobodyElse() throws Exception {
    String admin = adminToken();
    String wrong = "weft-admin." + admin.split("\\.")[1] + "x." + "A".repeat(43);
    int[] answers = new int[2];
    for (int i = 0; i < 30; i++) {
      answers[with(wrong, "GET", VS, "").statusCode() == 401 ? 0 : 1]++;
    }
    assertThat(answers[0]).isBetween(10, 14);
    assertThat(with(wrong, "GET", VS, "").body()).contains("too many failed attempts");
    assertThat(with(admin, "GET", VS, "").statusCode()).isEqualTo(200);
  }

  @Test
  void plaintextAndTlsShareThePort() throws Exception {
    String port = Integer.toString(server.server.port());
    String roots = data.resolve("root-cert.pem").toString();
    assertThat(run("curl", "-sS", "http://127.0.0.1:" + port + "/healthz")).isEqualTo("0 ok");
    assertThat(run("curl", "-sS", "--cacert", roots, "https://localhost:" + port + "/healthz"))
        .isEqualTo("0 ok");
    assertThat(
            run("curl", "-sS", "--cacert", roots, "https://127.0.0.1:" + port + "/v1/trust-bundle"))
        .isEqualTo("0 " + Files.readString(Path.of(roots)).strip());
    assertThat(
            run(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + port,
                "-CAfile",
                roots,
                "-verify_return_error",
                "-showcerts"))
        .startsWith("0 ")
        .contains("Verify return code: 0 (ok)")
        // Itself and the root.
        .contains(" 1 s:O = cluster.local, CN = Weft root 1");
  }

  @Test
  void anAdminIdentityNeedsNoToken() throws Exception {
    server.close();
    ControlServer.Security defaults = ControlServer.Security.DEFAULTS;
    server =
        new RunningServer(
            data,
            new ControlServer.Security(
                false,
                defaults.trustDomain(),
                null,
                defaults.workloadTtl(),
                List.of(),
                Set.of(
                    dev.weft.control.core.WorkloadIdentity.parse(
                        "spiffe://cluster.local/ns/shop/sa/deployer")),
                false,
                defaults.rotationDelay()));
    assertThat(curlAs(joiner().byToken(join("shop", "deployer", "1h", 0)))).endsWith("200");
    assertThat(curlAs(joiner().byToken(join("shop", "cart", "1h", 0)))).endsWith("403");
  }

  private String curlAs(Joined joined) throws Exception {
    Path cert = Files.writeString(data.resolve("cert.pem"), joined.pems().get(0));
    Path key =
        Files.writeString(
            data.resolve("key.pem"),
            Joiner.pem("PRIVATE KEY", joined.keys().getPrivate().getEncoded()));
    return run(
        "curl",
        "-sS",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "--cacert",
        data.resolve("root-cert.pem").toString(),
        "--cert",
        cert.toString(),
        "--key",
        key.toString(),
        "https://localhost:" + server.server.port() + VS);
  }

  /** Exit code and output. */
  private static String run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + output.strip();
  }

  private String adminToken() throws Exception {
    return Files.readString(data.resolve("admin-token")).strip();
  }

  private String roots() throws Exception {
    return server.get("/v1/trust-bundle").body();
  }

  private Joiner joiner() throws Exception {
    return new Joiner(server.server.port(), roots());
  }

  private String join(String namespace, String account, String ttl, int uses) throws Exception {
    HttpResponse<String> made =
        with(
            adminToken(),
            "POST",
            "/v1/tokens",
            "{\"namespace\":\"%s\",\"serviceAccount\":\"%s\",\"ttl\":\"%s\",\"uses\":%d}"
                .formatted(namespace, account, ttl, uses));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return text(made.body(), "/token");
  }

  private static String text(String json, String at) {
    return RunningServer.tree(json).at(at).asText();
  }

  private HttpResponse<String> with(String token, String method, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url + path))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", JSON);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
