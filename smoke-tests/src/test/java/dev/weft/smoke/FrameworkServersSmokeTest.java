package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Frameworks with servers of their own, under strict policies: who calls them is known and refused
 * where a policy says so, and what they call because of that, with the framework's own client, is
 * routed over mutual TLS and continues the trace.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FrameworkServersSmokeTest {

  private static final Path HERE = Stage.HOME.resolve("smoke-tests");
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static Stage stage;
  private static Stage.Probe caller;

  @BeforeAll
  static void start() throws Exception {
    stage = Stage.withSecureControlServer();
    for (String version : List.of("v1", "v2")) {
      stage.secureProbe(
          Jdk.current(), "backend", version, "backend", stage.token("default", "backend"));
    }
    caller =
        stage.secureProbe(
            Jdk.current(), "caller", "v1", "caller", stage.token("default", "caller"));
    stage.awaitInstances("backend", 2);
    stage.apply(
        Policies.SUBSETS
            + "---\n"
            + Policies.backend(
                """
                - match: [{headers: {x-user: {exact: tester}}}]
                  route: [{destination: {host: backend, subset: v2}}]
                - route: [{destination: {host: backend, subset: v1}}]
                """)
            + "---\n"
            + strict("backend"));
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  @ParameterizedTest(name = "{1}, JDK {0}")
  @CsvSource({
    "17, quarkus",
    "21, quarkus",
    "25, quarkus",
    "17, micronaut",
    "21, micronaut",
    "25, micronaut",
  })
  void isCalledAndCallsUnderStrictPolicies(int version, String framework) throws Exception {
    Optional<Jdk> jdk = Jdk.of(version);
    assumeTrue(jdk.isPresent(), "JDK " + version + " is not on this machine: NOT TESTED on it");
    String service = framework + version;
    stage.apply(strict(service));
    int port = Stage.freePort();
    try (Child program = program(jdk.get(), framework, service, port)) {
      stage.awaitInstances(service, 1);
      String url = "http://" + service;
      Await.until(
          "an answer over mutual TLS: " + program.log(),
          () -> caller.call("okhttp", url + "/hello").equals("200 " + framework));
      assertThat(Stage.status(URI.create("http://127.0.0.1:" + port + "/hello")))
          .as("in plaintext")
          .isZero();
      assertThat(caller.call("okhttp", url + "/secret")).isEqualTo("403 RBAC: access denied");

      for (String path : List.of("/call", "/blocking")) {
        assertThat(caller.call("okhttp", url + path + "/hello")).as(path).isEqualTo("200 v1");
        assertThat(caller.call("okhttp", url + path + "/hello", "header=x-user:tester"))
            .as("%s: routed by a header of the request that it was called with", path)
            .isEqualTo("200 v2");
        assertThat(caller.call("okhttp", url + path + "/headers", "header=traceparent:" + TRACE))
            .as("%s: what the backend got", path)
            .contains("traceparent: " + TRACE)
            .contains("URI=spiffe://cluster.local/ns/default/sa/" + framework);
      }
    }
  }

  /** Strict mutual TLS, and one path that nobody may have. */
  private static String strict(String app) {
    return """
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: %1$s, namespace: default}
    spec:
      selector: {matchLabels: {app: %1$s}}
      mtls: {mode: STRICT}
    ---
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: %1$s, namespace: default}
    spec:
      selector: {matchLabels: {app: %1$s}}
      action: DENY
      rules: [{to: [{operation: {paths: ["/secret"]}}]}]
    """
        .formatted(app);
  }

  private static Child program(Jdk jdk, String framework, String service, int port)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("-Xmx192m", "-XX:TieredStopAtLevel=1"));
    command.addAll(stage.agent(service, "v1"));
    command.addAll(
        List.of(
            "-Dweft.token=" + stage.token("default", framework),
            "-Dweft.service.account=" + framework,
            "-Dweft.propagation.headers=x-user"));
    Path target = HERE.resolve(framework).resolve("target");
    switch (framework) {
      case "quarkus" ->
          command.addAll(
              List.of(
                  "-Dquarkus.http.port=" + port,
                  "-jar",
                  target.resolve("quarkus-app/quarkus-run.jar").toString()));
      case "micronaut" ->
          command.addAll(
              List.of(
                  "-Dmicronaut.server.port=" + port,
                  "-cp",
                  target.resolve("micronaut.jar") + ":" + target.resolve("libraries/*"),
                  "app.App"));
      default -> throw new IllegalArgumentException(framework);
    }
    return stage.start(service, jdk, command);
  }
}
