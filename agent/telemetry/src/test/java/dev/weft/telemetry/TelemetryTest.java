package dev.weft.telemetry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.engine.CallRecord;
import dev.weft.engine.ConnectionMeter;
import dev.weft.engine.Engine;
import dev.weft.engine.EngineSettings;
import dev.weft.engine.HostDirectory;
import dev.weft.engine.RandomSource;
import dev.weft.engine.Ticker;
import dev.weft.engine.Workload;
import dev.weft.engine.authorization.Finding;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.Route;
import dev.weft.model.RouteTable;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.model.WeightedUpstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TelemetryTest {

  private static final Workload CHECKOUT =
      new Workload("checkout", "shop", "checkout-7", "checkout", "v3", Map.of("version", "v3"), "");

  private static final Upstream REVIEWS =
      Upstream.builder()
          .name("outbound|80|v1|reviews.shop.svc.cluster.local")
          .service("reviews.shop.svc.cluster.local")
          .serviceNamespace("shop")
          .build();

  private static final EndpointInfo REVIEWS_1 =
      EndpointInfo.builder()
          .address("10.0.0.1")
          .port(8080)
          .workload("reviews-1")
          .namespace("shop")
          .canonicalService("reviews")
          .canonicalRevision("v1")
          .build();

  private final List<String> log = new ArrayList<>();
  private final Telemetry telemetry = new Telemetry(CHECKOUT, "1.2.3", log::add, 10);
  private @Nullable AdminServer admin;

  @AfterEach
  void stop() {
    if (admin != null) {
      admin.close();
    }
  }

  @Test
  void callerReportsIstiosLabelsInIstiosOrder() throws Exception {
    CallRecord.Builder record = outbound(200);
    record.durationNanos = 7_000_000;
    telemetry.record(record.build());
    telemetry.record(record.build());

    // Prometheus sorts labels by name when it writes; the order below is that.
    assertThat(line("istio_requests_total{"))
        .isEqualTo(
            "istio_requests_total{connection_security_policy=\"unknown\","
                + "destination_app=\"reviews\",destination_canonical_revision=\"v1\","
                + "destination_canonical_service=\"reviews\",destination_cluster=\"unknown\","
                + "destination_principal=\"unknown\","
                + "destination_service=\"reviews.shop.svc.cluster.local\","
                + "destination_service_name=\"reviews\",destination_service_namespace=\"shop\","
                + "destination_version=\"v1\",destination_workload=\"reviews-1\","
                + "destination_workload_namespace=\"shop\",grpc_response_status=\"\","
                + "reporter=\"source\",request_protocol=\"http\",response_code=\"200\","
                + "response_flags=\"-\",source_app=\"checkout\","
                + "source_canonical_revision=\"v3\",source_canonical_service=\"checkout\","
                + "source_cluster=\"unknown\",source_principal=\"unknown\","
                + "source_version=\"v3\",source_workload=\"checkout-7\","
                + "source_workload_namespace=\"shop\"} 2.0");
    assertThat(String.join(",", RequestLabels.NAMES))
        .startsWith("reporter,source_workload,source_canonical_service")
        .endsWith("response_code,grpc_response_status,response_flags,connection_security_policy");
  }

  @Test
  void durationsFallIntoEnvoysBuckets() throws Exception {
    CallRecord.Builder record = outbound(200);
    record.durationNanos = 7_000_000;
    telemetry.record(record.build());

    List<String> bounds = new ArrayList<>();
    for (String line : scrape().split("\n", -1)) {
      if (line.startsWith("istio_request_duration_milliseconds_bucket")) {
        int at = line.indexOf("le=\"") + 4;
        bounds.add(
            line.substring(at, line.indexOf('"', at)) + line.substring(line.indexOf("} ") + 1));
      }
    }
    assertThat(bounds)
        .containsExactly(
            "0.5 0",
            "1.0 0",
            "5.0 0",
            "10.0 1",
            "25.0 1",
            "50.0 1",
            "100.0 1",
            "250.0 1",
            "500.0 1",
            "1000.0 1",
            "2500.0 1",
            "5000.0 1",
            "10000.0 1",
            "30000.0 1",
            "60000.0 1",
            "300000.0 1",
            "600000.0 1",
            "1800000.0 1",
            "3600000.0 1",
            "+Inf 1");
    assertThat(line("istio_request_duration_milliseconds_sum")).endsWith("} 7.0");
  }

  @Test
  void calledSideReportsItsPeerAndTheSecurityOfTheConnection() throws Exception {
    CallRecord.Builder record = new CallRecord.Builder();
    record.side = CallRecord.Side.INBOUND;
    record.status = 503;
    record.grpcStatus = 14;
    record.requestMessages = 3;
    record.responseMessages = 7;
    record.flags = "DC";
    record.mutualTls = true;
    record.peer = new CallRecord.Peer("web-1", "front", "web", "v2", "");
    record.sourcePrincipal = "spiffe://td/ns/front/sa/web";
    record.destinationPrincipal = "spiffe://td/ns/shop/sa/checkout";
    record.findings = List.of(new Finding(Finding.Kind.SHADOW_DENIED, "shop/strict"));
    telemetry.record(record.build());

    assertThat(line("istio_request_messages_total{"))
        .contains("reporter=\"destination\"")
        .endsWith(" 3.0");
    assertThat(line("istio_response_messages_total{")).endsWith(" 7.0");
    assertThat(line("weft_authorization_total{"))
        .contains("policy=\"shop/strict\"")
        .contains("result=\"shadow_denied\"");
    assertThat(line("istio_requests_total{"))
        .contains("destination_principal=\"spiffe://td/ns/shop/sa/checkout\"")
        .contains("reporter=\"destination\"")
        .contains("source_workload=\"web-1\"")
        .contains("source_workload_namespace=\"front\"")
        .contains("source_principal=\"spiffe://td/ns/front/sa/web\"")
        .contains("destination_service=\"checkout.shop.svc.cluster.local\"")
        .contains("destination_service_name=\"checkout\"")
        .contains("request_protocol=\"grpc\"")
        .contains("grpc_response_status=\"14\"")
        .contains("response_flags=\"DC\"")
        .contains("connection_security_policy=\"mutual_tls\"");
  }

  @Test
  void hostsUnknownToTheMeshShareOneSeries() throws Exception {
    for (int i = 0; i < 50; i++) {
      CallRecord.Builder record = new CallRecord.Builder();
      record.side = CallRecord.Side.OUTBOUND;
      record.authority = "host-" + i + ".example";
      record.status = 200;
      record.attempts = 1;
      telemetry.record(record.build());
    }
    assertThat(line("istio_requests_total{"))
        .contains("destination_service=\"PassthroughCluster\"")
        .endsWith("} 50.0");
  }

  @Test
  void seriesBeyondTheLimitShareOne() throws Exception {
    for (int status = 200; status < 230; status++) {
      telemetry.record(outbound(status).build());
    }
    List<String> lines = lines("istio_requests_total{");
    assertThat(lines).hasSize(11);
    assertThat(lines)
        .filteredOn(line -> line.contains("destination_service=\"overflow\""))
        .singleElement()
        .asString()
        .endsWith("} 20.0");
  }

  @Test
  void problemsAreCountedAndToldOncePerKind() throws Exception {
    telemetry.onProblem("outbound start", new IllegalStateException("bug"));
    telemetry.onProblem("outbound start", new IllegalStateException("bug again"));
    assertThat(log).hasSize(1);
    assertThat(log.get(0)).startsWith("problem in outbound start, told once: java.lang.Illegal");
    assertThat(line("weft_problems_total{where=\"outbound start\"}")).endsWith(" 2.0");

    for (int i = 0; i < 100; i++) {
      telemetry.onProblem("place " + i, new RuntimeException());
    }
    assertThat(log).hasSize(20);
    assertThat(line("weft_problems_total{where=\"other\"}")).endsWith(" 81.0");
  }

  @Test
  void adminShowsMetricsReadinessPolicyAndAdapters() throws Exception {
    Engine engine = engine();
    telemetry.observe(engine.view(), () -> 12.5, () -> true);
    boolean[] ready = new boolean[1];
    int port = start(engine, ready);

    assertThat(get(port, "/metrics"))
        .contains("weft_policy_age_seconds 12.5")
        .contains("weft_control_connected 1.0")
        .contains("weft_build{component=\"agent\",tag=\"1.2.3\"} 1.0");
    assertThat(get(port, "/ready")).isEqualTo("503 not ready\n");
    ready[0] = true;
    assertThat(get(port, "/ready")).isEqualTo("200 ready\n");
    assertThat(get(port, "/config_dump"))
        .contains("\"version\": 1")
        .contains("\"name\": \"reviews:80\"")
        .contains("\"disposition\": \"ROUTED\"")
        .contains("\"address\": \"10.0.0.1\"")
        .contains("\"loadBalancer\": \"LEAST_REQUEST\"");
    assertThat(get(port, "/clusters")).startsWith("200 [");
    assertThat(get(port, "/certs")).contains("\"own\": \"spiffe://a/ns/b/sa/c\"");
    assertThat(get(port, "/adapters")).isEqualTo("200 okhttp-3.0: active\n");
    String url = URLEncoder.encode("http://reviews/", StandardCharsets.UTF_8);
    assertThat(get(port, "/explain?url=" + url + "&header=end-user:jason"))
        .contains("reviews:80 is service")
        .contains("10.0.0.1:8080");
    assertThat(get(port, "/explain")).startsWith("400 url is missing");
    assertThat(get(port, "/explain?url=" + url + "&header=nonsense")).startsWith("400 header:");
    assertThat(get(port, "/nothing")).startsWith("404 ").contains("/explain").contains("/metrics");
  }

  @Test
  void nextFreePortIsTakenAndZeroIsOff() throws Exception {
    assertThat(
            AdminServer.start(
                0, telemetry, engine().view(), () -> true, List::of, Map::of, log::add))
        .isNull();
    assertThat(log).isEmpty();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      admin =
          AdminServer.start(
              taken.getLocalPort(),
              telemetry,
              engine().view(),
              () -> true,
              List::of,
              Map::of,
              log::add);
      assertThat(requireNonNull(admin).port()).isGreaterThan(taken.getLocalPort());
      assertThat(log).singleElement().asString().endsWith(taken.getLocalPort() + " is taken");
      assertThat(get(admin.port(), "/ready")).isEqualTo("200 ready\n");
    }
  }

  @Test
  void adminKeepsNoJvmAlive() throws Exception {
    int port = start(engine(), new boolean[1]);
    get(port, "/ready");
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("weft-admin") || thread.getName().contains("HTTP-Dispatcher")) {
        assertThat(thread.isDaemon()).as(thread.getName()).isTrue();
      }
    }
  }

  @Test
  void metricsOfTheCertificateAreThere() throws Exception {
    telemetry.observeCertificate(() -> 42.5, () -> 3, () -> 1);
    assertThat(get(start(engine(), new boolean[1]), "/metrics"))
        .contains("weft_certificate_expiry_seconds 42.5")
        .contains("weft_certificate_renewals_total{result=\"success\"} 3.0")
        .contains("weft_certificate_renewals_total{result=\"failure\"} 1.0");
  }

  @Test
  void connectionsHaveIstiosLabelsWithoutThoseOfRequests() throws Exception {
    ConnectionMeter first = telemetry.connection(outbound(0).build());
    first.sent(10);
    first.sent(5);
    first.received(7);
    telemetry.connection(outbound(0).build()).closed();
    assertThat(line("istio_tcp_connections_opened_total{"))
        .contains("destination_service=\"reviews.shop.svc.cluster.local\"")
        .contains("destination_workload=\"reviews-1\"")
        .contains("reporter=\"source\",request_protocol=\"tcp\",response_flags=\"-\"")
        .doesNotContain("response_code")
        .doesNotContain("grpc_response_status")
        .endsWith("} 2.0");
    assertThat(line("istio_tcp_connections_closed_total{")).endsWith("} 1.0");
    assertThat(line("istio_tcp_sent_bytes_total{")).endsWith("} 15.0");
    assertThat(line("istio_tcp_received_bytes_total{")).endsWith("} 7.0");
    for (int i = 0; i < 20; i++) {
      CallRecord.Builder other = outbound(0);
      other.upstream = REVIEWS.toBuilder().service("s" + i + ".example").build();
      telemetry.connection(other.build());
    }
    assertThat(scrape())
        .contains("istio_tcp_connections_opened_total{")
        .contains("destination_service=\"overflow\"");
  }

  @Test
  void connectionsToUnknownHostsUnderRegistryOnlyGoNowhere() throws Exception {
    CallRecord.Builder blocked = new CallRecord.Builder();
    blocked.side = CallRecord.Side.OUTBOUND;
    blocked.authority = "db:5432";
    blocked.route = "block_all";
    telemetry.connection(blocked.build()).closed();
    assertThat(scrape())
        .containsPattern(
            "istio_tcp_connections_opened_total\\{.*destination_service=\"BlackHoleCluster\"");
  }

  @Test
  void connectionsThatWereRefusedAreCounted() throws Exception {
    telemetry.observeRefusals(() -> Map.of("no_certificate", 2L));
    assertThat(get(start(engine(), new boolean[1]), "/metrics"))
        .contains("weft_refused_connections_total{reason=\"no_certificate\"} 2.0");
  }

  @Test
  void textIsEscapedAsJson() {
    assertThat(PlainJson.of(Map.of("a\"b", List.of("\n", 1, true))))
        .isEqualTo("{\n  \"a\\\"b\": [\n    \"\\u000a\",\n    1,\n    true\n  ]\n}\n");
  }

  private int start(Engine engine, boolean[] ready) throws IOException {
    int free;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = probe.getLocalPort();
    }
    admin =
        AdminServer.start(
            free,
            telemetry,
            engine.view(),
            () -> ready[0],
            () -> List.of("okhttp-3.0: active"),
            () -> Map.of("own", "spiffe://a/ns/b/sa/c"),
            log::add);
    return requireNonNull(admin).port();
  }

  private Engine engine() {
    Engine engine =
        new Engine(
            CHECKOUT,
            Ticker.SYSTEM,
            RandomSource.SYSTEM,
            telemetry,
            HostDirectory.NONE,
            EngineSettings.DEFAULTS);
    engine.apply(
        Update.builder()
            .routeTables(
                List.of(
                    RouteTable.builder()
                        .name("reviews:80")
                        .service(REVIEWS.service())
                        .routes(
                            List.of(
                                Route.builder()
                                    .destinations(
                                        List.of(
                                            WeightedUpstream.builder()
                                                .upstream(REVIEWS.name())
                                                .build()))
                                    .build()))
                        .build()))
            .upstreams(List.of(REVIEWS))
            .endpoints(
                List.of(
                    Endpoints.builder().name(REVIEWS.name()).endpoints(List.of(REVIEWS_1)).build()))
            .build());
    return engine;
  }

  private static CallRecord.Builder outbound(int status) {
    CallRecord.Builder record = new CallRecord.Builder();
    record.side = CallRecord.Side.OUTBOUND;
    record.status = status;
    record.upstream = REVIEWS;
    record.endpoint = REVIEWS_1;
    record.attempts = 1;
    return record;
  }

  private String scrape() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    telemetry.scrape(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private List<String> lines(String start) throws IOException {
    List<String> found = new ArrayList<>();
    for (String line : scrape().split("\n", -1)) {
      if (line.startsWith(start)) {
        found.add(line);
      }
    }
    return found;
  }

  private String line(String start) throws IOException {
    List<String> found = lines(start);
    assertThat(found).as(start).hasSize(1);
    return found.get(0);
  }

  private static String get(int port, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    int status = connection.getResponseCode();
    try (InputStream body =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return status + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
