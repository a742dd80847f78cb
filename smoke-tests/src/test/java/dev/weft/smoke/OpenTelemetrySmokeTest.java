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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The mesh in a JVM that has the OpenTelemetry agent: as an extension of it, and beside it. Both
 * must work: our policy for what is sent and what arrives, its spans and its trace header.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OpenTelemetrySmokeTest {

  private static final Path EXTENSION =
      Stage.HOME.resolve("agent/otel-extension/target/weft-otel-extension.jar");
  private static final String NEWEST = "2.33.0";

  /** How both come into one JVM. */
  enum Way {
    EXTENSION,
    OPEN_TELEMETRY_FIRST,
    WEFT_FIRST,
    OPEN_TELEMETRY_BY_ENVIRONMENT
  }

  private static final String POLICY =
      Policies.SUBSETS
          + "---\n"
          + Policies.backend(
              """
              - match: [{headers: {x-user: {exact: tester}}}]
                name: testers
                headers: {request: {set: {x-subset: v2}}}
                route: [{destination: {host: backend, subset: v2}}]
              - route: [{destination: {host: backend, subset: v1}}]
              """)
          + """
          ---
          apiVersion: security.istio.io/v1
          kind: AuthorizationPolicy
          metadata: {name: no-secrets, namespace: default}
          spec:
            selector: {matchLabels: {app: caller}}
            action: DENY
            rules: [{to: [{operation: {paths: ["/secret"]}}]}]
          """;

  private static Stage stage;
  private final List<Child> started = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    stage = Stage.withControlServer();
    stage.probe(Jdk.current(), "backend", "v1");
    stage.probe(Jdk.current(), "backend", "v2");
    stage.awaitInstances("backend", 2);
    stage.apply(POLICY);
  }

  @AfterEach
  void end() {
    started.forEach(Child::close);
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  @ParameterizedTest(name = "{0} in OpenTelemetry {1} on Java {2}")
  @CsvSource({
    "EXTENSION, 2.33.0, 8",
    "EXTENSION, 2.33.0, 11",
    "EXTENSION, 2.33.0, 17",
    "EXTENSION, 2.33.0, 21",
    "EXTENSION, 2.33.0, 25",
    "EXTENSION, 2.24.0, 17",
    "EXTENSION, 1.33.6, 17",
    "OPEN_TELEMETRY_FIRST, 2.33.0, 17",
    "WEFT_FIRST, 2.33.0, 17",
    "OPEN_TELEMETRY_BY_ENVIRONMENT, 2.33.0, 8",
    "WEFT_FIRST, 2.24.0, 25",
  })
  void bothWork(Way way, String version, int java) throws Exception {
    Optional<Jdk> jdk = Jdk.of(java);
    assumeTrue(jdk.isPresent(), "JDK " + java + " is not on this machine: NOT TESTED on it");
    Stage.Probe caller = probe(jdk.get(), way, version);

    String sent = caller.call("hc5", "http://backend/headers", "header=x-user:tester");

    assertThat(sent).startsWith("200 ").containsPattern("traceparent: 00-[0-9a-f]{32}-[0-9a-f]+");
    String span = group("traceparent: 00-[0-9a-f]{32}-([0-9a-f]{16})-0[0-9a-f]\\n?", sent);
    assertThat(caller.call("huc", "http://backend/hello", "header=x-user:tester"))
        .isEqualTo("200 v2");
    assertThat(caller.call("hc5", "http://backend/hello")).isEqualTo("200 v1");
    assertThat(caller.get("/secret")).contains("RBAC");
    String client = caller.child().awaitLog("('GET' : [0-9a-f]{32} " + span + " CLIENT .*)");
    assertThat(client)
        .containsPattern("response_flags=\"?-")
        .contains("weft.attempts=1")
        .contains("weft.route=")
        .containsPattern("upstream_cluster=\"?outbound\\|\\d*\\|v2\\|backend")
        .containsPattern("upstream_address=\"?127.0.0.1:\\d+");
    assertThat(caller.child().log())
        .doesNotContain("[weft] class")
        .doesNotContain("[weft] adapter")
        .doesNotContain("VerifyError");
  }

  @ParameterizedTest(name = "Spring Boot {1}, {0}, Java {2}")
  @CsvSource({
    "WEFT_FIRST, 2.7, 11",
    "OPEN_TELEMETRY_FIRST, 2.7, 17",
    "EXTENSION, 2.7, 17",
    "EXTENSION, 3.5, 17",
    "OPEN_TELEMETRY_FIRST, 3.5, 17",
    "WEFT_FIRST, 3.5, 25",
    "EXTENSION, 4.1, 25",
    "OPEN_TELEMETRY_FIRST, 4.1, 25",
    "WEFT_FIRST, 4.1, 17",
  })
  void springBootIsGovernedAndTracedByBoth(Way way, String boot, int java) throws Exception {
    Optional<Jdk> jdk = Jdk.of(java);
    assumeTrue(jdk.isPresent(), "JDK " + java + " is not on this machine: NOT TESTED on it");
    int port = Stage.freePort();
    List<String> arguments = arguments(way, NEWEST);
    arguments.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            // Beside the other one, which does not tell events.
            "-Dotel.traces.exporter=logging,experimental-otlp/stdout",
            "-jar",
            SpringBootSmokeTest.fatJar(boot).toString(),
            "--server.port=" + port));
    Child child = start("boot-" + boot, jdk.get(), arguments, environment(way, NEWEST));
    child.awaitLog("Started App in");

    String client = traced(child, port, "/call?url=http://backend/headers&user=tester");
    assertThat(client).as("its span begins in our call").doesNotContain("response_flags");
    assertThat(child.awaitLog("(\"name\":\"weft.client\".{0,1500})"))
        .as("an event of the server's span")
        .contains("weft.attempts", "|v2|backend");
    if (!boot.startsWith("2")) {
      assertThat(traced(child, port, "/rest-client?url=http://backend/headers&user=tester"))
          .containsPattern("response_flags=\"?-")
          .contains("weft.attempts=1")
          .containsPattern("upstream_cluster=\"?outbound\\|\\d*\\|v2\\|backend");
    }
    assertThat(Stage.get(uri(port, "/call?url=http://backend/hello")).body()).isEqualTo("200 v1");
    assertThat(Stage.status(uri(port, "/secret"))).isEqualTo(403);
    assertThat(child.log())
        .doesNotContain("[weft] class")
        .doesNotContain("[weft] adapter")
        .doesNotContain("VerifyError");
  }

  /** Lets Spring Boot call with a trace that began elsewhere; returns the client's span. */
  private static String traced(Child child, int port, String call) throws Exception {
    String trace = "%016x%016x".formatted(System.nanoTime(), port);
    String parent = "b7ad6b7169203331";
    String sent =
        Stage.get(uri(port, call), "traceparent", "00-" + trace + "-" + parent + "-01").body();

    assertThat(sent).startsWith("200 ").contains("x-subset: v2");
    String span = group("traceparent: 00-" + trace + "-([0-9a-f]{16})-01\n", sent);
    assertThat(span).as("the caller is OpenTelemetry's span").isNotEqualTo(parent);
    String path = call.substring(0, call.indexOf('?'));
    assertThat(child.awaitLog("('GET " + path + "' : " + trace + " .* SERVER .*)"))
        .containsPattern("response_flags=\"?-");
    return child.awaitLog("('GET' : " + trace + " " + span + " CLIENT .*)");
  }

  private Stage.Probe probe(Jdk jdk, Way way, String version) throws Exception {
    List<String> arguments = arguments(way, version);
    arguments.addAll(
        List.of("-Dsun.net.httpserver.nodelay=true", "-jar", Stage.PROBE.toString(), "caller"));
    Child child = start("caller", jdk, arguments, environment(way, version));
    return new Stage.Probe(child, Integer.parseInt(child.awaitLog("listening (\\d+)")));
  }

  private Child start(String name, Jdk jdk, List<String> arguments, Map<String, String> environment)
      throws Exception {
    Child child = stage.start(name + "-otel-java" + jdk.version(), jdk, arguments, environment);
    started.add(child);
    return child;
  }

  private static List<String> arguments(Way way, String version) {
    String openTelemetry = "-javaagent:" + openTelemetry(version);
    List<String> arguments = new ArrayList<>(List.of("-Xmx256m"));
    List<String> weft = new ArrayList<>(stage.agent("caller", "v1"));
    switch (way) {
      case EXTENSION -> {
        weft.removeIf(argument -> argument.startsWith("-javaagent"));
        weft.add(openTelemetry);
        weft.add("-Dotel.javaagent.extensions=" + EXTENSION);
      }
      case OPEN_TELEMETRY_FIRST -> weft.add(0, openTelemetry);
      case WEFT_FIRST -> weft.add(openTelemetry);
      case OPEN_TELEMETRY_BY_ENVIRONMENT -> {}
    }
    arguments.addAll(weft);
    arguments.addAll(
        List.of(
            "-Dotel.traces.exporter=logging",
            "-Dotel.metrics.exporter=none",
            "-Dotel.logs.exporter=none"));
    return arguments;
  }

  private static Map<String, String> environment(Way way, String version) {
    return way == Way.OPEN_TELEMETRY_BY_ENVIRONMENT
        ? Map.of("JAVA_TOOL_OPTIONS", "-javaagent:" + openTelemetry(version))
        : Map.of();
  }

  private static Path openTelemetry(String version) {
    return Stage.HOME.resolve(
        "smoke-tests/target/opentelemetry/opentelemetry-javaagent-" + version + ".jar");
  }

  private static String group(String regex, String text) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    assertThat(matcher.find()).as("%s in %s", regex, text).isTrue();
    return matcher.group(1);
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
