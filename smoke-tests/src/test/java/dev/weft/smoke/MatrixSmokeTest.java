package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

/** Every client library on every JDK, routed by the packaged agent. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class MatrixSmokeTest {

  private static final int LOAD = 200;

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
                  route: [{destination: {host: backend, subset: v2}}]
                - match: [{uri: {prefix: /faulty}}]
                  fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
                  route: [{destination: {host: backend}}]
                - match: [{uri: {prefix: /slow}}]
                  timeout: 300ms
                  route: [{destination: {host: backend}}]
                - match: [{uri: {prefix: /old/}}]
                  rewrite: {uri: /}
                  headers: {request: {set: {x-added: "yes"}}}
                  route: [{destination: {host: backend}}]
                - match: [{uri: {exact: /status}}]
                  retries: {attempts: 2, retryOn: "5xx"}
                  route: [{destination: {host: backend}}]
                - route:
                    - {destination: {host: backend, subset: v1}, weight: 70}
                    - {destination: {host: backend, subset: v2}, weight: 30}
                """));
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  static Stream<Integer> versions() {
    return Jdk.SUPPORTED.stream();
  }

  @ParameterizedTest(name = "JDK {0}")
  @MethodSource("versions")
  void routesEveryClientOfAnUnmodifiedApplication(int version) throws Exception {
    Optional<Jdk> jdk = Jdk.of(version);
    assumeTrue(jdk.isPresent(), "JDK " + version + " is not on this machine: NOT TESTED on it");
    Stage.Probe caller = stage.probe(jdk.get(), "caller", "java" + version);
    for (String client : clients(version)) {
      check(caller, client, "JDK " + version + ", " + client);
    }
    assertThat(caller.child().log()).doesNotContain("Exception").doesNotContain("WARNING");
  }

  private static void check(Stage.Probe caller, String client, String what) throws Exception {
    assertThat(caller.call(client, "http://backend/hello", "header=x-user:tester"))
        .as("%s: header route", what)
        .isEqualTo("200 v2");
    Map<String, Integer> split = caller.load(client, "http://backend/hello", LOAD);
    assertThat(split.keySet()).as("%s: split", what).containsExactly("200 v1", "200 v2");
    // 200 requests at 30 %: mean 60, standard deviation 6.5; five of them either way.
    assertThat(split.get("200 v2")).as("%s: 30 %% of %d", what, LOAD).isBetween(27, 93);
    assertThat(caller.call(client, "http://backend/faulty"))
        .as("%s: fault", what)
        .isEqualTo("418 fault filter abort");
    assertThat(caller.call(client, "http://backend/slow?ms=3000"))
        .as("%s: timeout", what)
        .isEqualTo("504 upstream request timeout");
    assertThat(caller.call(client, "http://backend/old/headers"))
        .as("%s: rewrite, added header, authority kept", what)
        .contains("path: /headers")
        .contains("x-added: yes")
        .contains("host: backend");
    assertThat(caller.call(client, "http://backend/status?code=503"))
        .as("%s: retries end with the upstream's answer", what)
        .startsWith("503 ");
    assertThat(caller.call(client, "http://backend/hello", "method=POST", "body=some text"))
        .as("%s: POST", what)
        .startsWith("200 v");
  }

  private static List<String> clients(int version) {
    return version == 8
        ? List.of("huc", "hc4", "hc5", "okhttp")
        : List.of("huc", "hc4", "hc5", "okhttp", "jdk", "jdk-async");
  }
}
