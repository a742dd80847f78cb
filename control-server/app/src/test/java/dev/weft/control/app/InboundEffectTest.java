package dev.weft.control.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import dev.weft.control.app.RunningServer.Answer;
import dev.weft.control.core.MeshConfig;
import dev.weft.controlclient.ControlClient;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import dev.weft.model.Update;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From REST to the agent and back: policies for requests that arrive. */
@Timeout(120)
final class InboundEffectTest {

  private static final String KEY =
      "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\","
          + "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
          + "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";

  @TempDir Path data;
  private final BlockingQueue<Update> updates = new LinkedBlockingQueue<>();

  @Test
  void policyReachesTheAgentAndItsStatusComesBack() throws Exception {
    try (RunningServer server = new RunningServer(data);
        ControlClient agent = agent(server)) {
      agent.start();
      next(update -> update.inboundPolicy() != null);

      apply(
          server,
          """
          apiVersion: security.istio.io/v1
          kind: PeerAuthentication
          metadata: {name: strict}
          spec:
            selector: {matchLabels: {app: payments}}
            mtls: {mode: STRICT}
            portLevelMtls: {"8080": {mode: PERMISSIVE}}
          ---
          apiVersion: security.istio.io/v1beta1
          kind: AuthorizationPolicy
          metadata: {name: deny}
          spec:
            action: DENY
            rules: [{to: [{operation: {paths: [/admin]}}]}]
          """);
      InboundPolicy policy =
          inbound(next(update -> mode(update) == InboundPolicy.MutualTls.STRICT));
      assertThat(policy.portMutualTls())
          .isEqualTo(Map.of(8080, InboundPolicy.MutualTls.PERMISSIVE));
      assertThat(policy.authorizationPolicies()).hasSize(1);

      for (String resource : List.of("peerauthentication/default/strict", "ap/default/deny")) {
        JsonNode status = accepted(server, "/v1/status/" + resource);
        assertThat(status.path("summary").asText()).startsWith("accepted by 1 of 1 agent");
        assertThat(status.path("selects").get(0).path("service").asText()).isEqualTo("payments");
      }
      assertThat(run("describe", "pa", "strict", "--server", server.url))
          .contains(
              "selects default/payments (1 instances): mutual TLS STRICT, port 8080 PERMISSIVE");
      assertThat(run("describe", "workload", "payments", "--server", server.url))
          .contains("requests that arrive:")
          .contains("mutual TLS is STRICT: ")
          .contains("DENY with 1 rule")
          .contains("    client OkHttp 2 in app: NOT governed: no adapter")
          .contains("    refused 1 connection to ratings:80 (handshake): no TLS");
      assertThat(run("get", "pa", "--server", server.url)).contains("STRICT");
      assertThat(run("get", "ap", "--server", server.url)).contains("DENY");
      assertThat(run("get", "ra", "--server", server.url)).isNotNull();
      assertThat(server.get("/v1/workloads/default/nobody").status()).isEqualTo(404);
      Answer discovery = server.get("/apis/security.istio.io/v1beta1");
      assertThat(discovery.body()).contains("peerauthentications").contains("requestauthentic");
    }
  }

  @Test
  void keysAreFetchedForTheAgentAndTheirAbsenceIsTold() throws Exception {
    Server issuer =
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .gracefulShutdownTimeoutMillis(0, 0)
            .service("/keys", (c, r) -> HttpResponse.of(MediaType.JSON, "{\"keys\":[" + KEY + "]}"))
            .build();
    issuer.start().join();
    MeshConfig mesh = MeshConfig.parse("weft: {jwksAllowedCidrs: [127.0.0.1]}");
    try (RunningServer server =
            new RunningServer(data, ControlServer.Security.DEFAULTS.insecurely(), mesh);
        ControlClient agent = agent(server)) {
      agent.start();
      apply(server, authentication("http://127.0.0.1:" + issuer.activeLocalPort() + "/keys"));
      InboundPolicy policy =
          inbound(
              next(
                  update ->
                      update.inboundPolicy() != null
                          && !inbound(update).jwtRules().isEmpty()
                          && !inbound(update).jwtRules().get(0).jwks().isEmpty()));
      assertThat(policy.jwtRules().get(0).jwks()).contains("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8T");
      assertThat(server.get("/metrics").body())
          .contains("weft_jwks_fetches_total{result=\"ok\"} 1.0")
          .contains("weft_jwks_key_sets{state=\"fresh\"} 1.0");

      apply(server, authentication("http://10.1.2.3/keys"));
      JsonNode status =
          until(
              server,
              "/v1/status/ra/default/jwt",
              json -> json.toString().contains("is not a public address"));
      assertThat(status.path("messages").toString())
          .contains("spec.jwtRules[0].jwksUri: http://10.1.2.3/keys: 10.1.2.3 is not a public")
          .contains("no token of issuer https://issuer.example is valid until it can be fetched");
    } finally {
      issuer.stop().join();
    }
  }

  @Test
  void keysThatStandInAPolicyAreChecked() throws Exception {
    try (RunningServer server = new RunningServer(data)) {
      Answer refused =
          server.send(
              "POST",
              "/apply",
              RunningServer.YAML,
              """
              apiVersion: security.istio.io/v1
              kind: RequestAuthentication
              metadata: {name: jwt}
              spec:
                jwtRules:
                - issuer: https://issuer.example
                  jwks: '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'
              """);
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.body())
          .contains("spec.jwtRules[0].jwks")
          .contains("keys[0]: a symmetric key (expected: a public key, RSA, EC or OKP)");
    }
  }

  @Test
  void meshConfigurationThatIsWrongIsToldWholeAndNothingStarts() throws Exception {
    Path file = data.resolve("mesh.yaml");
    Files.writeString(file, "trustDomain: Not Good\nweft: {jwksAllowedCidrs: [x]}\n");
    StringWriter err = new StringWriter();
    int exit =
        Main.commandLine()
            .setErr(new PrintWriter(err, true))
            .execute("server", "--mesh-config", file.toString(), "--port", "0");
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("trustDomain: Not Good (expected: a DNS name)")
        .contains("weft.jwksAllowedCidrs: x (expected: an address, or a block as in 10.0.0.0/8)");
  }

  private static String authentication(String uri) {
    return """
        apiVersion: security.istio.io/v1
        kind: RequestAuthentication
        metadata: {name: jwt}
        spec:
          jwtRules:
          - issuer: https://issuer.example
            jwksUri: %s
        """
        .formatted(uri);
  }

  private static void apply(RunningServer server, String yaml) throws Exception {
    Answer answer = server.send("POST", "/apply", RunningServer.YAML, yaml);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static JsonNode accepted(RunningServer server, String path) throws Exception {
    return until(server, path, json -> json.path("accepted").asInt() == 1);
  }

  private static JsonNode until(RunningServer server, String path, Predicate<JsonNode> is)
      throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    JsonNode json = server.get(path).json();
    while (!is.test(json) && System.nanoTime() < deadline) {
      new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
      json = server.get(path).json();
    }
    assertThat(is.test(json)).as(json.toPrettyString()).isTrue();
    return json;
  }

  private static InboundPolicy.@Nullable MutualTls mode(Update update) {
    InboundPolicy policy = update.inboundPolicy();
    return policy == null ? null : policy.mutualTls();
  }

  private static InboundPolicy inbound(Update update) {
    return requireNonNull(update.inboundPolicy());
  }

  private Update next(Predicate<Update> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      Update update = updates.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(update).as("the update within 20 s").isNotNull();
      if (update != null && wanted.test(update)) {
        return update;
      }
    }
  }

  private ControlClient agent(RunningServer server) {
    return ControlClient.builder()
        .servers("127.0.0.1:" + server.server.port())
        .registration(
            Registration.builder()
                .instanceId("payments-1")
                .service("payments")
                .namespace("default")
                .serviceAccount("default")
                .address("127.0.0.1")
                .ports(List.of(Port.builder().number(8080).protocol("http").build()))
                .labels(Map.of("app", "payments"))
                .state(Registration.State.READY)
                .libraries(List.of("client OkHttp 2 in app: NOT governed: no adapter"))
                .refusals(List.of("refused 1 connection to ratings:80 (handshake): no TLS"))
                .build())
        .sink(
            update -> {
              updates.add(update);
              return List.of();
            })
        .build();
  }

  private static String run(String... words) {
    StringWriter out = new StringWriter();
    int exit = Main.commandLine().setOut(new PrintWriter(out, true)).execute(words);
    assertThat(exit).as(out.toString()).isZero();
    return out.toString();
  }
}
