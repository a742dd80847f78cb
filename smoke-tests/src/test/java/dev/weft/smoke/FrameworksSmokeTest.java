package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frameworks are governed through what they send with: one program calls through each of them, over
 * each library, a name that the mesh alone knows.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FrameworksSmokeTest {

  private static final Path PROGRAM = Stage.HOME.resolve("smoke-tests/frameworks/target");

  private static final String POLICIES =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: backend, namespace: default}
      spec:
        selector: {matchLabels: {app: backend}}
        mtls: {mode: STRICT}
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: backend, namespace: default}
      spec:
        selector: {matchLabels: {app: backend}}
        action: DENY
        rules: [{to: [{operation: {paths: ["/secret"]}}]}]
      ---
      """
          + Policies.SUBSETS
          + "---\n"
          + Policies.backend(
              """
              - match: [{headers: {x-user: {exact: tester}}}]
                route: [{destination: {host: backend, subset: v2}}]
              - match: [{uri: {exact: /flaky}}]
                retries: {attempts: 2, retryOn: "5xx"}
                route: [{destination: {host: backend, subset: v1}}]
              - route:
                  - {destination: {host: backend, subset: v1}, weight: 60}
                  - {destination: {host: backend, subset: v2}, weight: 40}
              """);

  private static Stage stage;
  private static Stage.Probe frameworks;
  private static Stage.Probe spring6;

  @BeforeAll
  static void start() throws Exception {
    stage = Stage.withSecureControlServer();
    Stage.Probe backend = backend("v1");
    backend("v2");
    stage.awaitInstances("backend", 2);
    stage.apply(POLICIES);
    frameworks = caller("v1", jars("lib"));
    List<Path> withSpring6 = new ArrayList<>(jars("spring-6.2"));
    jars("lib").stream()
        .filter(jar -> !jar.getFileName().toString().startsWith("spring-"))
        .forEach(withSpring6::add);
    spring6 = caller("v2", withSpring6);
    Await.until(
        "plaintext refused",
        () -> Stage.status(URI.create("http://127.0.0.1:" + backend.port() + "/hello")) != 200);
  }

  private static Stage.Probe backend(String version) throws Exception {
    return stage.secureProbe(
        Jdk.current(), "backend", version, "backend", stage.token("default", "backend"));
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resttemplate-huc",
        "resttemplate-hc5",
        "restclient-jdk",
        "restclient-hc5",
        "restclient-jetty",
        "restclient-huc",
        "httpexchange-jdk",
        "httpexchange-hc5",
        "retrofit-okhttp",
        "feign-huc",
        "feign-okhttp",
        "feign-hc5",
        "jersey-huc",
        "jersey-hc4",
        "jersey-hc5",
        "jersey-jdk",
        "resteasy-hc4",
        "resteasy-huc",
        "cxf-jdk",
        "cxf-huc",
        "microprofile-cxf",
      })
  void isGovernedThroughWhatItSendsWith(String client) throws Exception {
    check(frameworks, client);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resttemplate-huc",
        "resttemplate-hc5",
        "restclient-jdk",
        "restclient-hc5",
        "restclient-jetty",
        "restclient-huc",
        "httpexchange-jdk"
      })
  void isGovernedInSpring62(String client) throws Exception {
    check(spring6, client);
  }

  private static void check(Stage.Probe caller, String client) throws Exception {
    assertThat(caller.call(client, "http://backend/headers"))
        .as("mutual TLS to a name of the mesh")
        .startsWith("200 ")
        .contains("host: backend")
        .contains("URI=spiffe://cluster.local/ns/default/sa/caller");
    assertThat(caller.call(client, "http://backend/hello", "header=x-user:tester"))
        .as("the header routes")
        .isEqualTo("200 v2");
    assertThat(caller.load(client, "http://backend/hello", 40).keySet())
        .as("weights")
        .containsExactly("200 v1", "200 v2");
    assertThat(caller.call(client, "http://backend/echo", "body=some text"))
        .as("POST")
        .matches("200 v[12] some text");
    assertThat(caller.call(client, "http://backend/secret"))
        .as("denied")
        .isEqualTo("403 RBAC: access denied");
    String id = client + caller.port();
    assertThat(caller.call(client, "http://backend/flaky?times=1&id=once-" + id))
        .as("sent again after a 503")
        .isEqualTo("200 v1 2");
    assertThat(caller.call(client, "http://backend/flaky?times=100&id=" + id))
        .as("as often as the policy says, and then delivered")
        .isEqualTo("503 v1 3");
    assertThat(caller.call(client, "http://backend/flaky?times=0&id=" + id))
        .as("no attempt of the library's own came after")
        .isEqualTo("200 v1 4");
  }

  private static Stage.Probe caller(String version, List<Path> jars) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    arguments.addAll(stage.agent("caller", version));
    List<String> path = new ArrayList<>(List.of(PROGRAM.resolve("frameworks.jar").toString()));
    jars.stream().map(Path::toString).forEach(path::add);
    arguments.addAll(
        List.of(
            "-Dweft.token=" + stage.token("default", "caller"),
            "-Dweft.service.account=caller",
            "-Dsun.net.httpserver.nodelay=true",
            "-cp",
            String.join(":", path),
            "frameworks.Frameworks"));
    Child child = stage.start("frameworks-" + version, Jdk.current(), arguments);
    return new Stage.Probe(child, Integer.parseInt(child.awaitLog("listening (\\d+)")));
  }

  private static List<Path> jars(String folder) throws IOException {
    try (Stream<Path> jars = Files.list(PROGRAM.resolve(folder))) {
      return jars.sorted().toList();
    }
  }
}
