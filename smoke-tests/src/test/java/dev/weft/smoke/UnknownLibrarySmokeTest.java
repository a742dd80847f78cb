package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that an application wrote itself, on nothing but sockets. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class UnknownLibrarySmokeTest {

  private static final String STRICT =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: backend, namespace: default}
      spec:
        selector: {matchLabels: {app: backend}}
        mtls: {mode: STRICT}
      """;

  private static final String MUTUAL =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: backend}
      spec:
        host: backend
        trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
      """;

  private @Nullable Stage stage;

  @AfterEach
  void stop() {
    if (stage != null) {
      stage.close();
    }
  }

  private static double metric(int admin, String name) throws Exception {
    String metrics = Stage.get(URI.create("http://127.0.0.1:" + admin + "/metrics")).body();
    Matcher line = Pattern.compile("^" + name + " ([0-9.E]+)$", Pattern.MULTILINE).matcher(metrics);
    double sum = 0;
    while (line.find()) {
      sum += Double.parseDouble(line.group(1));
    }
    return sum;
  }

  @ParameterizedTest(name = "JDK {0}")
  @ValueSource(ints = {8, 25})
  void isBalancedOverTwoInstancesByStrictMutualTlsAndCounted(int version) throws Exception {
    Optional<Jdk> jdk = Jdk.of(version);
    assumeTrue(jdk.isPresent(), "JDK " + version + " is not on this machine: NOT TESTED on it");
    Stage mesh = Stage.withSecureControlServer();
    stage = mesh;
    for (String backend : new String[] {"v1", "v2"}) {
      mesh.secureProbe(
          Jdk.current(), "backend", backend, "backend", mesh.token("default", "backend"));
    }
    int admin = Stage.freePort();
    Stage.Probe caller =
        mesh.secureProbe(
            jdk.get(),
            "caller",
            "v1",
            "caller",
            mesh.token("default", "caller"),
            "-Dweft.admin.port=" + admin);
    mesh.awaitInstances("backend", 2);
    mesh.apply(STRICT);
    Await.until(
        "mutual TLS below a socket",
        () ->
            caller
                .call("socket", "http://backend/headers")
                .contains("URI=spiffe://cluster.local/ns/default/sa/caller"));

    Map<String, Integer> answers =
        caller.load("socket", "http://backend/hello", 40, "method=POST", "body=text");

    assertThat(answers.keySet()).containsExactly("200 v1", "200 v2");
    String labels = "\\{.*destination_canonical_service=\"backend\".*\\}";
    assertThat(metric(admin, "istio_tcp_connections_opened_total" + labels))
        .isGreaterThanOrEqualTo(41);
    assertThat(metric(admin, "istio_tcp_sent_bytes_total" + labels)).isGreaterThan(40 * 80);
    assertThat(metric(admin, "istio_tcp_received_bytes_total" + labels)).isGreaterThan(40 * 80);
    assertThat(metric(admin, "istio_requests_total" + labels)).isZero();
  }

  @Test
  void isRefusedAndToldWhereMutualTlsOrARegistryIsDemanded(@TempDir Path directory)
      throws Exception {
    Path meshConfig =
        Files.writeString(
            directory.resolve("mesh.yaml"), "outboundTrafficPolicy: {mode: REGISTRY_ONLY}");
    Stage mesh = Stage.withControlServer("--mesh-config", meshConfig.toString());
    stage = mesh;
    Stage.Probe backend = mesh.probe(Jdk.current(), "backend", "v1");
    int admin = Stage.freePort();
    Stage.Probe caller = mesh.probe(Jdk.current(), "caller", "v1", "-Dweft.admin.port=" + admin);
    mesh.awaitInstances("backend", 1);
    assertThat(caller.call("socket", "http://backend/hello")).isEqualTo("200 v1");
    assertThat(metric(admin, "weft_refused_connections_total\\{.*\\}")).isZero();

    // An address to which nothing connects, so that it fails at once before its policy is there.
    Await.until(
        "an unknown address being refused",
        () ->
            caller
                .call("socket", "http://224.0.0.1:5432/hello")
                .contains("224.0.0.1:5432: host and port are unknown to the mesh"));
    assertThat(caller.call("socket", "http://127.0.0.1:" + backend.port() + "/hello"))
        .isEqualTo("200 v1");
    assertThat(metric(admin, "weft_refused_connections_total\\{reason=\"registry_only\"\\}"))
        .isEqualTo(1);

    mesh.apply(MUTUAL);

    Await.until(
        "plaintext being refused",
        () ->
            caller
                .call("socket", "http://backend/hello")
                .contains("must be reached by mutual TLS"));
    assertThat(metric(admin, "weft_refused_connections_total\\{reason=\"no_certificate\"\\}"))
        .isPositive();
    String told =
        " to backend.default.svc.cluster.local (no_certificate): must be TLS of the mesh, and"
            + " this workload has no certificate";
    assertThat(Stage.get(URI.create("http://127.0.0.1:" + admin + "/adapters")).body())
        .contains(told);
    // What `weft describe workload` prints.
    Await.until(
        "the control server knowing",
        () -> {
          String workloads = Stage.get(mesh.controlUri("/v1/workloads")).body();
          return workloads.contains(told)
              && workloads.contains("refused 1 connection to 224.0.0.1:5432 (registry_only)");
        });
  }
}
