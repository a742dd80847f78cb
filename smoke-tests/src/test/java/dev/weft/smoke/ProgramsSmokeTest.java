package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers and clients that others wrote, with an identity, under strict policies. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ProgramsSmokeTest {

  private static final Path PROGRAMS = Stage.HOME.resolve("smoke-tests/programs/target");

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = Stage.withSecureControlServer();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  /** Strict mutual TLS for an application, and one path that nobody may have. */
  private static String strict(String app, String forbidden) {
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
      rules: [{to: [{operation: {paths: ["%2$s"]}}]}]
    """
        .formatted(app, forbidden);
  }

  @Test
  void zipkinIsCalledOverStrictMutualTls() throws Exception {
    int port = Stage.freePort();
    program(
        Jdk.current(),
        "zipkin",
        "v1",
        Map.of("QUERY_PORT", Integer.toString(port)),
        "-jar",
        PROGRAMS.resolve("zipkin-server.jar").toString());
    stage.awaitInstances("zipkin", 1);
    Stage.Probe caller = caller();
    stage.apply(strict("zipkin", "/api/v2/dependencies*"));

    Await.until(
        "plaintext refused",
        () -> Stage.status(URI.create("http://127.0.0.1:" + port + "/health")) != 200);
    String span =
        """
        [{"traceId": "5af7183fb1d4cf5f", "id": "352bff9a74ca9ad2", "name": "under-the-mesh",
          "localEndpoint": {"serviceName": "probe"}}]
        """;
    assertThat(
            caller.call(
                "okhttp",
                "http://zipkin/api/v2/spans",
                "method=POST",
                "body=" + span,
                "header=content-type:application/json"))
        .startsWith("202");
    Await.until(
        "the span in Zipkin",
        () ->
            caller
                .call("okhttp", "http://zipkin/api/v2/trace/5af7183fb1d4cf5f")
                .contains("under-the-mesh"));
    assertThat(caller.call("okhttp", "http://zipkin/api/v2/dependencies?endTs=1"))
        .isEqualTo("403 RBAC: access denied");
  }

  @Test
  void mockServerIsCalledAndForwardsOverStrictMutualTls() throws Exception {
    int port = Stage.freePort();
    Child mockServer =
        program(
            Jdk.current(),
            "mock",
            "v1",
            Map.of(),
            "-jar",
            PROGRAMS.resolve("mockserver-netty-no-dependencies.jar").toString(),
            "-serverPort",
            Integer.toString(port));
    mockServer.awaitLog("started on port");
    stage.awaitInstances("mock", 1);
    Stage.Probe caller = caller();
    stage.apply(strict("mock", "/secret"));

    Await.until("plaintext refused", () -> Stage.status(uri(port, "/hello")) == 0);
    for (String path : List.of("/hello", "/secret")) {
      expect(caller, path, "\"httpResponse\": {\"body\": \"mocked\"}");
    }
    assertThat(caller.call("okhttp", "http://mock/hello")).isEqualTo("200 mocked");
    assertThat(caller.call("huc", "http://mock/hello")).isEqualTo("200 mocked");
    assertThat(caller.call("okhttp", "http://mock/secret")).isEqualTo("403 RBAC: access denied");

    stage.secureProbe(Jdk.current(), "backend", "v1", "backend", stage.token("default", "backend"));
    stage.awaitInstances("backend", 1);
    stage.apply(strict("backend", "/nobody"));
    expect(
        caller,
        "/headers",
        """
        "httpOverrideForwardedRequest": {"requestOverride": {
          "headers": {"Host": ["backend"]},
          "socketAddress": {"host": "backend", "port": 80, "scheme": "HTTP"}}}
        """);
    Await.until(
        "MockServer's own client over mutual TLS, to a name of the mesh",
        () ->
            caller
                .call("okhttp", "http://mock/headers")
                .contains("URI=spiffe://cluster.local/ns/default/sa/mock"));
  }

  /** Tells MockServer, by its own API and through the mesh, what to do with a request. */
  private static void expect(Stage.Probe caller, String path, String action) throws Exception {
    String expectation = "{\"httpRequest\": {\"path\": \"" + path + "\"}, " + action + "}";
    Await.until(
        "MockServer taking the expectation for " + path,
        () ->
            caller
                .call(
                    "okhttp",
                    "http://mock/mockserver/expectation",
                    "method=PUT",
                    "body=" + expectation,
                    "header=content-type:application/json")
                .startsWith("201 "));
  }

  @Test
  void springCloudGatewayIsRoutedOverStrictMutualTls() throws Exception {
    Stage.Probe v1 = backend("v1");
    backend("v2");
    int port = Stage.freePort();
    String route = "--spring.cloud.gateway.server.webflux.routes[0].";
    String discovered = "--spring.cloud.gateway.server.webflux.routes[1].";
    Child gateway =
        program(
            // Reactor Netty on the newest Java; its tests run on 17.
            Jdk.of(25).orElse(Jdk.current()),
            "gateway",
            "v1",
            Map.of(),
            "-jar",
            Stage.HOME.resolve("smoke-tests/gateway/target/gateway.jar").toString(),
            "--server.port=" + port,
            route + "id=backend",
            route + "uri=http://backend",
            route + "predicates[0]=Path=/**",
            // What a registry's client would have found: one instance, by its address.
            "--spring.cloud.discovery.client.simple.instances.backend[0].uri=http://127.0.0.1:"
                + v1.port(),
            discovered + "id=discovered",
            discovered + "order=-1",
            discovered + "uri=lb://backend",
            discovered + "predicates[0]=Path=/lb/**",
            discovered + "filters[0]=StripPrefix=1");
    gateway.awaitLog("Started Gateway in");
    stage.awaitInstances("backend", 2);
    stage.apply(
        strict("backend", "/secret")
            + "---\n"
            + Policies.SUBSETS
            + "---\n"
            + Policies.backend(
                """
                - match: [{headers: {x-user: {exact: tester}}}]
                  route: [{destination: {host: backend, subset: v2}}]
                - match: [{uri: {exact: /forbidden}}]
                  directResponse: {status: 451, body: {string: by policy}}
                - match: [{uri: {exact: /status}}]
                  retries: {attempts: 2, retryOn: "5xx"}
                  route: [{destination: {host: backend, subset: v1}}]
                - route: [{destination: {host: backend, subset: v1}}]
                """));

    // By a name of the mesh, and by the address that a load balancer of Spring's own chose.
    for (String way : List.of("", "/lb")) {
      Await.until(
          "mutual TLS to the backend: " + way,
          () ->
              body(port, way + "/headers")
                  .contains("URI=spiffe://cluster.local/ns/default/sa/gateway"));
      assertThat(body(port, way + "/hello")).as(way).isEqualTo("v1");
      assertThat(body(port, way + "/hello", "x-user", "tester")).as(way).isEqualTo("v2");
      assertThat(Stage.status(uri(port, way + "/secret"))).as(way).isEqualTo(403);
      assertThat(Stage.status(uri(port, way + "/status?code=503"))).as(way).isEqualTo(503);
      assertThat(Stage.status(uri(port, way + "/forbidden"))).as(way).isGreaterThanOrEqualTo(451);
    }

    Stage.Probe caller = caller();
    stage.apply(strict("gateway", "/private"));
    Await.until("plaintext refused", () -> Stage.status(uri(port, "/hello")) == 0);
    Await.until(
        "an answer over mutual TLS",
        () -> caller.call("okhttp", "http://gateway/lb/hello").equals("200 v1"));
    assertThat(caller.call("okhttp", "http://gateway/private"))
        .isEqualTo("403 RBAC: access denied");
  }

  private Stage.Probe backend(String version) throws Exception {
    return stage.secureProbe(
        Jdk.current(), "backend", version, "backend", stage.token("default", "backend"));
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static String body(int port, String path, String... headers) throws Exception {
    return Stage.get(uri(port, path), headers).body();
  }

  static Stream<Integer> versions() {
    return Jdk.SUPPORTED.stream();
  }

  @ParameterizedTest(name = "JDK {0}")
  @MethodSource("versions")
  void grpcsOwnInteropClientReachesItsServerThroughTheMeshOnly(int version) throws Exception {
    Optional<Jdk> found = Jdk.of(version);
    assumeTrue(found.isPresent(), "JDK " + version + " is not on this machine: NOT TESTED on it");
    Jdk jdk = found.get();
    int port = Stage.freePort();
    Child server =
        program(
            jdk,
            "interop",
            "v1",
            Map.of(),
            "-cp",
            jars("grpc"),
            "io.grpc.testing.integration.TestServiceServer",
            "--port=" + port,
            "--use_tls=false");
    server.awaitLog("Server started");
    stage.awaitInstances("interop", 1);
    stage.apply(strict("interop", "/grpc.testing.TestService/EmptyCall"));

    for (String test :
        List.of("large_unary", "server_streaming", "client_streaming", "ping_pong")) {
      Child client = interop(jdk, test);
      assertThat(client.awaitExit()).as("%s: %s", test, client.log()).isZero();
    }
    Child denied = interop(jdk, "empty_unary");
    assertThat(denied.awaitExit()).isNotZero();
    assertThat(denied.log()).contains("PERMISSION_DENIED").contains("RBAC: access denied");
  }

  /** The name is known to the mesh alone. */
  private Child interop(Jdk jdk, String test) throws Exception {
    return program(
        jdk,
        "client",
        test.replace('_', '-'),
        Map.of(),
        "-cp",
        jars("grpc"),
        "io.grpc.testing.integration.TestServiceClient",
        "--server_host=interop",
        "--server_port=80",
        "--use_tls=false",
        "--test_case=" + test);
  }

  private Stage.Probe caller() throws Exception {
    return stage.secureProbe(
        Jdk.current(), "caller", "v1", "caller", stage.token("default", "caller"));
  }

  private Child program(
      Jdk jdk, String service, String version, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("-Xmx256m"));
    command.addAll(stage.agent(service, version));
    command.addAll(
        List.of(
            "-Dweft.token=" + stage.token("default", service),
            "-Dweft.service.account=" + service));
    command.addAll(List.of(arguments));
    return stage.start(service + "-" + version, jdk, command, environment);
  }

  private static String jars(String folder) throws IOException {
    try (Stream<Path> jars = Files.list(PROGRAMS.resolve(folder))) {
      return String.join(":", jars.map(Path::toString).sorted().toList());
    }
  }
}
