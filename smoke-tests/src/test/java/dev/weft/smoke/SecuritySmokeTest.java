package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Identity and zero trust between processes: who may call whom, and that nobody notices. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SecuritySmokeTest {

  /** How long certificates are rotated under load; {@code -Dweft.smoke.rotation.seconds=120}. */
  private static final int ROTATION_SECONDS = Integer.getInteger("weft.smoke.rotation.seconds", 30);

  private static final String STRICT =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: backend, namespace: default}
      spec:
        selector: {matchLabels: {app: backend}}
        mtls: {mode: STRICT}
      """;

  private static final String DENY_HELLO =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: no-hello, namespace: default}
      spec:
        selector: {matchLabels: {app: backend}}
        action: DENY
        rules: [{to: [{operation: {paths: ["/hello", "/slow"]}}]}]
      """;

  private static final String ONLY_FRIENDS =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: friends, namespace: default}
      spec:
        selector: {matchLabels: {app: backend}}
        rules: [{from: [{source: {principals: ["cluster.local/ns/default/sa/friend"]}}]}]
      """;

  @SuppressWarnings("NullAway.Init") // Every test begins with start().
  private Stage stage;

  private void start(String... serverOptions) throws Exception {
    stage = Stage.withSecureControlServer(serverOptions);
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private Stage.Probe probe(Jdk jdk, String service, String version, String account)
      throws Exception {
    return stage.secureProbe(jdk, service, version, account, stage.token("default", account));
  }

  private Stage.Probe backend() throws Exception {
    Stage.Probe backend = probe(Jdk.current(), "backend", "v1", "backend");
    stage.awaitInstances("backend", 1);
    return backend;
  }

  /** Waits until calls reach the backend over mutual TLS. */
  private static void awaitMutualTls(Stage.Probe caller, String client, String account)
      throws Exception {
    Await.until(
        "mutual TLS as " + account,
        () ->
            caller
                .call(client, "http://backend/headers")
                .contains("URI=spiffe://cluster.local/ns/default/sa/" + account));
  }

  static Stream<Integer> versions() {
    return Jdk.SUPPORTED.stream();
  }

  @ParameterizedTest(name = "JDK {0}")
  @MethodSource("versions")
  void encryptsEveryClientAndServesStrictlyOnEveryJdk(int version) throws Exception {
    Optional<Jdk> jdk = Jdk.of(version);
    assumeTrue(jdk.isPresent(), "JDK " + version + " is not on this machine: NOT TESTED on it");
    start();
    Stage.Probe backend = probe(jdk.get(), "backend", "v1", "backend");
    stage.awaitInstances("backend", 1);
    Stage.Probe caller = probe(jdk.get(), "caller", "v1", "caller");
    awaitMutualTls(caller, "huc", "caller");
    stage.apply(STRICT);
    awaitRefused(backend);
    for (String client : clients(version)) {
      assertThat(caller.call(client, "http://backend/headers"))
          .as("JDK %d, %s", version, client)
          .contains("URI=spiffe://cluster.local/ns/default/sa/caller")
          .contains("By=spiffe://cluster.local/ns/default/sa/backend")
          .contains("host: backend");
      assertThat(caller.load(client, "http://backend/hello", 50, "method=POST", "body=text"))
          .as("JDK %d, %s", version, client)
          .isEqualTo(Map.of("200 v1", 50));
    }
    stage.apply(DENY_HELLO);
    Await.until(
        "the DENY policy being in force",
        () -> caller.call("huc", "http://backend/hello").startsWith("403 "));
    for (String client : clients(version)) {
      assertThat(caller.call(client, "http://backend/hello"))
          .as("JDK %d, %s", version, client)
          .isEqualTo("403 RBAC: access denied");
      assertThat(caller.call(client, "http://backend/other"))
          .as("JDK %d, %s", version, client)
          .isEqualTo("200 v1");
    }
    for (Stage.Probe each : List.of(backend, caller)) {
      assertThat(each.child().log()).doesNotContain("Exception").doesNotContain("WARNING");
    }
  }

  private static List<String> clients(int version) {
    return version == 8
        ? List.of("huc", "hc4", "hc5", "okhttp")
        : List.of("huc", "hc4", "hc5", "okhttp", "jdk", "jdk-async");
  }

  /** Plaintext gets no answer. */
  private static void awaitRefused(Stage.Probe server) throws Exception {
    URI hello = URI.create("http://127.0.0.1:" + server.port() + "/other");
    Await.until("plaintext being refused", () -> Stage.status(hello) == 0);
  }

  @Test
  void migratesAMixedMeshFromPermissiveToStrictUnderLoad() throws Exception {
    start();
    Stage.Probe backend = backend();
    Stage.Probe caller = probe(Jdk.current(), "caller", "v1", "caller");
    Stage.Probe stranger = stage.bareProbe("stranger");
    String direct = "http://127.0.0.1:" + backend.port() + "/hello";
    awaitMutualTls(caller, "hc4", "caller");

    assertThat(stranger.load("huc", direct, 100)).isEqualTo(Map.of("200 v1", 100));
    CompletableFuture<Map<String, Integer>> load = loading(caller, "hc4", 3000);
    stage.apply(STRICT);
    Map<String, Integer> answers = load.get(2, TimeUnit.MINUTES);

    assertThat(answers).isEqualTo(Map.of("200 v1", 3000));
    awaitRefused(backend);
    // The connection that was open gets a last word; there is no other.
    assertThat(stranger.call("huc", direct)).matches("(?s)403 mutual TLS is required|exception .*");
    assertThat(stranger.call("huc", direct)).startsWith("exception ");
    assertThat(stranger.call("hc4", direct)).startsWith("exception ");
  }

  @Test
  void rotatesCertificatesUnderLoadWithoutAFailedRequest() throws Exception {
    start("--workload-cert-ttl", "20s");
    Stage.Probe backend = backend();
    int admin = Stage.freePort();
    Stage.Probe caller =
        stage.secureProbe(
            Jdk.current(),
            "caller",
            "v1",
            "caller",
            stage.token("default", "caller"),
            "-Dweft.admin.port=" + admin);
    stage.apply(STRICT);
    awaitMutualTls(caller, "huc", "caller");
    awaitRefused(backend);

    Set<String> serials = new TreeSet<>();
    Map<String, Integer> answers = new TreeMap<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ROTATION_SECONDS);
    while (System.nanoTime() < end) {
      for (String client : List.of("huc", "hc4", "hc5", "okhttp", "jdk")) {
        caller
            .load(client, "http://backend/hello", 100)
            .forEach((answer, count) -> answers.merge(client + " " + answer, count, Integer::sum));
      }
      serials.add(serial(admin));
    }
    assertThat(answers.keySet()).allMatch(answer -> answer.endsWith(" 200 v1"));
    assertThat(serials).as("certificates that were seen").hasSizeGreaterThanOrEqualTo(3);
  }

  private static String serial(int admin) throws Exception {
    String certs = Stage.get(URI.create("http://127.0.0.1:" + admin + "/certs")).body();
    Matcher serial = Pattern.compile("(?i)serial\\W+([0-9a-f:]+)").matcher(certs);
    assertThat(serial.find()).as("a serial number in %s", certs).isTrue();
    return serial.group(1);
  }

  @Test
  void goesOnWhileTheControlServerIsAwayPastHalfOfTheCertificatesLife() throws Exception {
    start("--workload-cert-ttl", "40s");
    Stage.Probe backend = backend();
    int admin = Stage.freePort();
    Stage.Probe caller =
        stage.secureProbe(
            Jdk.current(),
            "caller",
            "v1",
            "caller",
            stage.token("default", "caller"),
            "-Dweft.admin.port=" + admin);
    stage.apply(STRICT);
    awaitMutualTls(caller, "okhttp", "caller");
    awaitRefused(backend);
    String before = serial(admin);

    stage.killControlServer();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(25);
    Map<String, Integer> answers = new TreeMap<>();
    while (System.nanoTime() < end) {
      caller
          .load("okhttp", "http://backend/hello", 100)
          .forEach((answer, count) -> answers.merge(answer, count, Integer::sum));
    }
    stage.startControlServer();
    Await.until("a new certificate", Duration.ofSeconds(40), () -> !serial(admin).equals(before));
    caller
        .load("okhttp", "http://backend/hello", 100)
        .forEach((answer, count) -> answers.merge(answer, count, Integer::sum));

    assertThat(answers).containsOnlyKeys("200 v1");
  }

  @Test
  void givesNoIdentityForATokenThatIsUsedUp() throws Exception {
    start();
    Stage.Probe backend = backend();
    String once = stage.token("default", "caller", "--uses", "1");
    Stage.Probe first = stage.secureProbe(Jdk.current(), "caller", "v1", "caller", once);
    awaitMutualTls(first, "huc", "caller");
    stage.apply(STRICT);
    awaitRefused(backend);

    Stage.Probe thief = stage.secureProbe(Jdk.current(), "thief", "v1", "caller", once);
    thief.child().awaitLog("weft.*token.*used");
    assertThat(thief.call("huc", "http://127.0.0.1:" + backend.port() + "/hello"))
        .startsWith("exception ");
    assertThat(first.call("huc", "http://backend/hello")).isEqualTo("200 v1");
  }

  @Test
  void takesAStolenTokenForNobodyElseThanItWasMadeFor() throws Exception {
    start();
    Stage.Probe backend = backend();
    stage.apply(ONLY_FRIENDS);
    Stage.Probe friend = probe(Jdk.current(), "friend", "v1", "friend");
    awaitMutualTls(friend, "huc", "friend");
    Await.until(
        "strangers being denied",
        () -> Stage.status(URI.create("http://127.0.0.1:" + backend.port() + "/hello")) == 403);

    String stolen = stage.token("default", "caller");
    Stage.Probe thief = stage.secureProbe(Jdk.current(), "thief", "v1", "friend", stolen);
    thief.child().awaitLog("weft.*(friend.*caller|caller.*friend)");
    assertThat(thief.call("huc", "http://127.0.0.1:" + backend.port() + "/hello"))
        .isEqualTo("403 RBAC: access denied");
    assertThat(friend.call("huc", "http://backend/hello")).isEqualTo("200 v1");
  }

  @Test
  void believesNoIdentityThatACallerWrites() throws Exception {
    start();
    Stage.Probe backend = backend();
    stage.apply(ONLY_FRIENDS.replace("/sa/friend", "/sa/backend") + "---\n" + anyoneReadsHeaders());
    Stage.Probe liar = probe(Jdk.current(), "liar", "v1", "liar");
    awaitMutualTls(liar, "hc5", "liar");
    String spoofed = "By=x;Hash=0;Subject=\"\";URI=spiffe://cluster.local/ns/default/sa/backend";
    String direct = "http://127.0.0.1:" + backend.port();
    Await.until("strangers being denied", () -> Stage.status(URI.create(direct + "/hello")) == 403);

    for (String name : List.of("x-forwarded-client-cert", "X-Forwarded-Client-Cert")) {
      assertThat(liar.call("huc", "http://backend/hello", "header=" + name + ":" + spoofed))
          .isEqualTo("403 RBAC: access denied");
      assertThat(Stage.get(URI.create(direct + "/hello"), name, spoofed).statusCode())
          .isEqualTo(403);
      assertThat(Stage.get(URI.create(direct + "/headers"), name, spoofed).body())
          .doesNotContainIgnoringCase("x-forwarded-client-cert");
      assertThat(liar.call("huc", "http://backend/headers", "header=" + name + ":" + spoofed))
          .contains("URI=spiffe://cluster.local/ns/default/sa/liar")
          .doesNotContain("sa/backend;URI")
          .doesNotContain("URI=spiffe://cluster.local/ns/default/sa/backend");
    }
  }

  private static String anyoneReadsHeaders() {
    return """
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: headers, namespace: default}
    spec:
      selector: {matchLabels: {app: backend}}
      rules: [{to: [{operation: {paths: ["/headers"]}}]}]
    """;
  }

  @Test
  void breaksOffWhatALaterPolicyDenies() throws Exception {
    start();
    backend();
    Stage.Probe caller = probe(Jdk.current(), "caller", "v1", "caller");
    awaitMutualTls(caller, "huc", "caller");
    CompletableFuture<String> slow =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return caller.call("okhttp", "http://backend/slow?ms=60000");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    Await.until(
        "the slow request being under way",
        () -> caller.call("huc", "http://backend/hello").equals("200 v1"));
    stage.apply(DENY_HELLO);
    assertThat(slow.get(30, TimeUnit.SECONDS)).isNotEqualTo("200 v1");
  }

  @Test
  void staysWellUnderTwoHundredRequestsOfCurlAndOpenssl() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "no curl: NOT TESTED");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "no openssl: NOT TESTED");
    start();
    Stage.Probe backend = backend();
    Stage.Probe caller = probe(Jdk.current(), "caller", "v1", "caller");
    awaitMutualTls(caller, "huc", "caller");
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Map<String, Integer>> load =
        CompletableFuture.supplyAsync(
            () -> {
              Map<String, Integer> answers = new TreeMap<>();
              while (!over.get()) {
                try {
                  caller
                      .load("huc", "http://backend/hello", 50)
                      .forEach((answer, count) -> answers.merge(answer, count, Integer::sum));
                } catch (Exception e) {
                  answers.merge(e.toString(), 1, Integer::sum);
                }
              }
              return answers;
            });
    String port = Integer.toString(backend.port());
    for (int i = 0; i < 100; i++) {
      String plain = run("curl", "-s", "-m", "10", "http://127.0.0.1:" + port + "/hello");
      assertThat(plain).as("plaintext while PERMISSIVE").isEqualTo("v1");
      assertThat(
              run(
                  "/bin/sh",
                  "-c",
                  "printf 'GET /hello HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' | timeout 10 openssl s_client -connect 127.0.0.1:"
                      + port
                      + (i % 2 == 0 ? " -tls1_2" : " -tls1_3")
                      + " 2>&1; true"))
          .as("a TLS server that wants a certificate")
          .contains("CN = Weft root 1")
          .contains("No client certificate CA names sent")
          .doesNotContain("HTTP/1.1 200");
    }
    over.set(true);
    assertThat(load.get(1, TimeUnit.MINUTES)).containsOnlyKeys("200 v1");
    assertThat(backend.child().log()).doesNotContain("Exception");
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(new ArrayList<>(List.of(command))).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static CompletableFuture<Map<String, Integer>> loading(
      Stage.Probe caller, String client, int count) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return caller.load(client, "http://backend/hello", count);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
