package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
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
 * What arrives with a request leaves with the requests that follow from it, whichever thread of an
 * application that forwards nothing sends them; and the next service is chosen by it.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ContextSmokeTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final String B3 = TRACE + "-b7ad6b7169203331-1";

  private static Stage stage;

  @BeforeAll
  static void start() throws Exception {
    stage = Stage.withControlServer();
    stage.probe(Jdk.current(), "backend", "v1");
    stage.probe(Jdk.current(), "backend", "v2");
    stage.awaitInstances("backend", 2);
    stage.apply(
        Policies.SUBSETS
            + "---\n"
            + Policies.backend(
                """
                - match: [{headers: {x-user: {exact: tester}}}]
                  headers: {request: {set: {x-subset: v2}}}
                  route: [{destination: {host: backend, subset: v2}}]
                - headers: {request: {set: {x-subset: v1}}}
                  route: [{destination: {host: backend, subset: v1}}]
                """));
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  @ParameterizedTest(name = "Spring Boot {1}, JDK {0}, virtual threads of Spring: {2}")
  @CsvSource({"8, 2.7, false", "21, 3.5, true", "25, 4.1, false"})
  void travelsThroughEveryThread(int version, String boot, boolean virtual) throws Exception {
    Optional<Jdk> jdk = Jdk.of(version);
    assumeTrue(jdk.isPresent(), "JDK " + version + " is not on this machine: NOT TESTED on it");
    List<String> detours =
        new ArrayList<>(
            List.of("executor", "future", "fork-join", "parallel-stream", "async", "callable"));
    if (version >= 21) {
      detours.add("virtual-thread");
    }
    int port = Stage.freePort();
    try (Child application = application(jdk.get(), boot, virtual, port)) {
      application.awaitLog("Started App in");
      for (String detour : detours) {
        check(port, detour);
      }
    }
  }

  private static void check(int port, String detour) throws Exception {
    String headers = "/via/" + detour + "?url=http://backend/headers";
    assertThat(arrived(port, headers, "tester", PARENT))
        .as("%s: what the next service got", detour)
        .startsWith("200 ")
        .contains("traceparent: " + PARENT + "\n")
        .contains("tracestate: vendor=1\n")
        .contains("b3: " + B3 + "\n")
        .contains("x-request-id: request-of-tester\n")
        .contains("x-user: tester\n")
        .contains("x-subset: v2\n");
    String other = PARENT.replace(TRACE, "1" + TRACE.substring(1));
    assertThat(arrived(port, headers, "somebody", other))
        .as("%s: the same threads, another request", detour)
        .contains("traceparent: " + other + "\n")
        .contains("x-request-id: request-of-somebody\n")
        .contains("x-user: somebody\n")
        .contains("x-subset: v1\n");
    assertThat(Stage.get(uri(port, headers)).body())
        .as("%s: a request with nothing", detour)
        .contains("x-subset: v1\n")
        .doesNotContain("traceparent")
        // As a header: a request ID may well have b3 in it.
        .doesNotContain("\nb3: ")
        .doesNotContain("x-user");
    String further = "/via/" + detour + "?url=http://app/call?url=http://backend/headers";
    assertThat(arrived(port, further, "tester", PARENT))
        .as("%s: two services further", detour)
        .startsWith("200 200 ")
        .contains("traceparent: " + PARENT + "\n")
        .contains("x-request-id: request-of-tester\n")
        .contains("x-subset: v2\n");
  }

  private static String arrived(int port, String path, String user, String trace) throws Exception {
    return Stage.get(
            uri(port, path),
            "traceparent",
            trace,
            "tracestate",
            "vendor=1",
            "b3",
            B3,
            "x-request-id",
            "request-of-" + user,
            "x-user",
            user)
        .body();
  }

  private static Child application(Jdk jdk, String boot, boolean virtual, int port)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-Xmx192m", "-XX:TieredStopAtLevel=1"));
    arguments.addAll(stage.agent("app", "boot-" + boot));
    arguments.addAll(
        List.of(
            "-Dweft.propagation.headers=x-user",
            "-jar",
            SpringBootSmokeTest.fatJar(boot).toString(),
            "--spring.threads.virtual.enabled=" + virtual,
            "--server.port=" + port));
    return stage.start("context-" + boot, jdk, arguments);
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
