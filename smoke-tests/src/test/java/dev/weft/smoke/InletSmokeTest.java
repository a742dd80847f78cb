package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that no adapter puts TLS into, on a port of weft.inlet.ports, under strict policies. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class InletSmokeTest {

  private static final Path INLET = Stage.HOME.resolve("smoke-tests/inlet");

  private static final String ONLY_FRIENDS =
      "rules: [{from: [{source: {principals: [\"cluster.local/ns/default/sa/friend\"]}}]}]";

  private static final String NO_SECRETS =
      "action: DENY\n  rules: [{to: [{operation: {paths: [\"/secret\"]}}]}]";

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static Stage stage;

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static Stage.Probe friend;

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static Stage.Probe stranger;

  @BeforeAll
  static void start() throws Exception {
    stage = Stage.withSecureControlServer();
    friend = caller("friend");
    stranger = caller("stranger");
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  /** A server that no adapter puts TLS into. */
  private record Unknown(String service, Child child, URI direct, int admin) {

    /** Of one, an adapter decides the requests. */
    boolean isDecidedByRequest() {
      return service.startsWith("pekko");
    }

    /** What a caller is told who may not come. */
    String refusal() {
      return isDecidedByRequest() ? "403 RBAC: access denied" : "exception ";
    }

    String metrics() throws Exception {
      return Stage.get(URI.create("http://127.0.0.1:" + admin + "/metrics")).body();
    }
  }

  private static Stage.Probe caller(String name) throws Exception {
    return stage.secureProbe(Jdk.current(), name, "v1", name, stage.token("default", name));
  }

  static Stream<Integer> versions() {
    return Jdk.SUPPORTED.stream();
  }

  private static List<String> servers(int version) {
    switch (version) {
      case 17:
        return List.of("sockets", "selector", "grizzly", "pekko");
      default:
        return List.of("sockets", "selector");
    }
  }

  @ParameterizedTest(name = "JDK {0}")
  @MethodSource("versions")
  void takesMutualTlsOnlyAndWhoeverMayCome(int version) throws Exception {
    Optional<Jdk> jdk = Jdk.of(version);
    assumeTrue(jdk.isPresent(), "JDK " + version + " is not on this machine: NOT TESTED on it");
    List<Unknown> running = new ArrayList<>();
    String token = stage.token("default", "unknown");
    for (String server : servers(version)) {
      String service = server + version;
      int port = Stage.freePort();
      int admin = Stage.freePort();
      running.add(
          new Unknown(
              service,
              unknown(server, service, jdk.get(), port, admin, token),
              URI.create("http://127.0.0.1:" + port + "/hello"),
              admin));
    }
    for (Unknown one : running) {
      String service = one.service;
      one.child.awaitLog("listening (\\d+)");
      stage.awaitInstances(service, 1);
      assertThat(Stage.get(one.direct).body()).as(service).isEqualTo("/hello");
    }

    stage.apply(strict(version));
    for (Unknown one : running) {
      String service = one.service;
      String url = "http://" + service + "/hello";
      Await.until("plaintext refused by " + service, () -> Stage.status(one.direct) == 0);
      Await.until("mutual TLS", () -> stranger.call("huc", url).equals("200 /hello"));
      assertThat(friend.load("okhttp", url, 100)).as(service).isEqualTo(Map.of("200 /hello", 100));
    }

    stage.apply(policy(version, "friends", ONLY_FRIENDS));
    for (Unknown one : running) {
      String service = one.service;
      String url = "http://" + service + "/hello";
      Await.until(
          "the stranger kept out of " + service,
          () -> stranger.call("huc", url).startsWith(one.refusal()));
      assertThat(friend.call("okhttp", url)).as(service).isEqualTo("200 /hello");
    }

    // Where nobody sees the paths, whoever might ask for the secret one is kept out.
    stage.apply(policy(version, "no-secrets", NO_SECRETS));
    for (Unknown one : running) {
      String service = one.service;
      String path = one.isDecidedByRequest() ? "/secret" : "/hello";
      Await.until(
          "the friend kept out of " + service,
          () -> friend.call("huc", "http://" + service + path).startsWith(one.refusal()));
      if (one.isDecidedByRequest()) {
        assertRequestsAreSeen(one);
      }
      assertThat(one.child.log())
          .doesNotContain("[weft] adapter")
          .doesNotContain("[weft] problem")
          .doesNotContain("Exception in thread");
      one.child.close();
    }
  }

  /** Helidon has one: the inlet stays out of its port, and requests are decided. */
  @ParameterizedTest(name = "JDK {0}")
  @ValueSource(ints = {21, 25})
  void leavesAServerWithAnAdapterToIt(int version) throws Exception {
    Optional<Jdk> jdk = Jdk.of(version);
    assumeTrue(jdk.isPresent(), "JDK " + version + " is not on this machine: NOT TESTED on it");
    String service = "helidon" + version;
    String url = "http://" + service;
    int port = Stage.freePort();
    URI direct = URI.create("http://127.0.0.1:" + port + "/hello");
    String only = "helidon-" + version;
    try (Child server =
        unknown("helidon", service, only, jdk.get(), port, 0, stage.token("default", "unknown"))) {
      server.awaitLog("listening (\\d+)");
      stage.awaitInstances(service, 1);
      assertThat(Stage.get(direct).body()).isEqualTo("/hello");

      stage.apply(strict(only));
      stage.apply(policy(only, "friends", ONLY_FRIENDS));
      stage.apply(policy(only, "no-secrets", NO_SECRETS));
      Await.until("plaintext refused", () -> Stage.status(direct) == 0);
      Await.until(
          "the stranger refused",
          () -> stranger.call("okhttp", url + "/hello").equals("403 RBAC: access denied"));
      Await.until(
          "the secret refused",
          () -> friend.call("okhttp", url + "/secret").equals("403 RBAC: access denied"));
      assertThat(friend.load("okhttp", url + "/hello", 100)).isEqualTo(Map.of("200 /hello", 100));
      assertThat(server.log())
          .contains("the inlet stays out")
          .doesNotContain("[weft] adapter")
          .doesNotContain("[weft] problem")
          .doesNotContain("Exception in thread");
    }
  }

  private static void assertRequestsAreSeen(Unknown one) throws Exception {
    String url = "http://" + one.service + "/hello?";
    assertThat(friend.call("okhttp", url + "x-forwarded-client-cert"))
        .startsWith("200 /hello By=spiffe://")
        .endsWith(";URI=spiffe://cluster.local/ns/default/sa/friend");
    assertThat(friend.call("okhttp", url + "x-request-id")).matches("200 /hello [0-9a-f-]{36}");
    assertThat(stranger.call("huc", url)).startsWith(one.refusal());
    assertThat(one.metrics())
        .containsPattern("istio_requests_total\\{[^}]*reporter=\"destination\"[^}]*} ")
        .doesNotContain("istio_tcp_connections_opened_total{");
  }

  private static String strict(int version) {
    return strict("v" + version);
  }

  private static String strict(String version) {
    return """
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: jdk-%1$s, namespace: default}
    spec:
      selector: {matchLabels: {jdk: %1$s}}
      mtls: {mode: STRICT}
    """
        .formatted(version);
  }

  private static String policy(int version, String name, String spec) {
    return policy("v" + version, name, spec);
  }

  private static String policy(String version, String name, String spec) {
    return """
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: %2$s-%1$s, namespace: default}
    spec:
      selector: {matchLabels: {jdk: %1$s}}
      %3$s
    """
        .formatted(version, name, spec);
  }

  private static Child unknown(
      String server, String service, Jdk jdk, int port, int admin, String token) throws Exception {
    return unknown(server, service, "v" + jdk.version(), jdk, port, admin, token);
  }

  private static Child unknown(
      String server, String service, String label, Jdk jdk, int port, int admin, String token)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-Xmx128m"));
    arguments.addAll(stage.agent(service, "v1"));
    arguments.add("-Dweft.labels=app=" + service + ",jdk=" + label);
    arguments.add("-Dweft.token=" + token);
    arguments.add("-Dweft.admin.port=" + admin);
    arguments.add("-Dweft.service.account=unknown");
    arguments.add("-Dweft.inlet.ports=" + port);
    String libraries = INLET.resolve("target/lib") + "/*";
    arguments.addAll(List.of("-cp", INLET.resolve("target") + "/inlet.jar:" + libraries));
    switch (server) {
      case "grizzly" -> arguments.add("app.Grizzly");
      case "pekko" -> arguments.add("app.Pekko");
      case "helidon" -> {
        // Java 21 runs it from its source, by way of a tool of the JDK.
        arguments.add("-Dweft.enabled=true");
        arguments.add(INLET.resolve("src/helidon/Helidon.java").toString());
      }
      default -> arguments.addAll(List.of("app.Loops", server));
    }
    arguments.add(Integer.toString(port));
    return stage.start(service, jdk, arguments);
  }
}
