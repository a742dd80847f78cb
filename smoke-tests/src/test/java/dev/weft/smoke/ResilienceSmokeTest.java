package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What must not be seen by the application: dying instances, changing policies, a dead control
 * server.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ResilienceSmokeTest {

  private static final String RETRY_ALL =
      Policies.backend(
          """
          - route: [{destination: {host: backend}}]
            retries: {attempts: 3, retryOn: "connect-failure,reset,refused-stream"}
          """);

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = Stage.withControlServer();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  @Test
  void retriesOnAnotherInstanceWhenOneIsKilled() throws Exception {
    Stage.Probe dying = stage.probe(Jdk.current(), "backend", "v1");
    stage.probe(Jdk.current(), "backend", "v2");
    Stage.Probe caller = stage.probe(Jdk.current(), "caller", "v1");
    stage.awaitInstances("backend", 2);
    stage.apply(RETRY_ALL);
    assertThat(caller.load("hc4", "http://backend/hello", 50).keySet())
        .containsExactly("200 v1", "200 v2");

    CompletableFuture<Map<String, Integer>> load = loading(caller, "hc4", 3000);
    dying.child().kill();
    Map<String, Integer> answers = load.get(2, TimeUnit.MINUTES);

    assertThat(answers.keySet()).allMatch(answer -> answer.startsWith("200 "));
    assertThat(answers.get("200 v2")).isGreaterThan(1000);
  }

  @Test
  void ejectsAnInstanceThatFailsAmongTwo() throws Exception {
    Stage.Probe failing = stage.probe(Jdk.current(), "backend", "v1");
    stage.probe(Jdk.current(), "backend", "v2");
    Stage.Probe caller = stage.probe(Jdk.current(), "caller", "v1");
    stage.awaitInstances("backend", 2);
    stage.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: backend}
        spec:
          host: backend
          trafficPolicy:
            outlierDetection: {consecutive5xxErrors: 3, interval: 1s, baseEjectionTime: 3m}
        """);
    failing.get("/fail?on=true");
    Await.until(
        "the failing instance being ejected",
        () -> caller.load("okhttp", "http://backend/hello", 20).equals(Map.of("200 v2", 20)));
  }

  @Test
  void changesPolicyUnderLoadWithoutAFailedRequest() throws Exception {
    stage.probe(Jdk.current(), "backend", "v1");
    stage.probe(Jdk.current(), "backend", "v2");
    Stage.Probe caller = stage.probe(Jdk.current(), "caller", "v1");
    stage.awaitInstances("backend", 2);
    stage.apply(Policies.SUBSETS + "---\n" + Policies.split(100, 0));
    assertThat(caller.load("huc", "http://backend/hello", 20)).containsOnlyKeys("200 v1");

    CompletableFuture<Map<String, Integer>> load = loading(caller, "huc", 5000);
    for (int i = 1; i <= 20; i++) {
      stage.apply(Policies.split(100 - 5 * i, 5 * i));
    }
    Map<String, Integer> answers = load.get(2, TimeUnit.MINUTES);

    assertThat(answers.keySet()).allMatch(answer -> answer.startsWith("200 "));
    Await.until(
        "the last policy being in force",
        () -> caller.load("huc", "http://backend/hello", 20).equals(Map.of("200 v2", 20)));
  }

  @Test
  void goesOnWhileTheControlServerIsKilledAndFollowsItAgainAfterwards() throws Exception {
    stage.probe(Jdk.current(), "backend", "v1");
    stage.probe(Jdk.current(), "backend", "v2");
    Stage.Probe caller = stage.probe(Jdk.current(), "caller", "v1");
    stage.awaitInstances("backend", 2);
    stage.apply(Policies.SUBSETS + "---\n" + Policies.split(100, 0));
    assertThat(caller.load("jdk", "http://backend/hello", 20)).containsOnlyKeys("200 v1");

    CompletableFuture<Map<String, Integer>> load = loading(caller, "jdk", 5000);
    stage.killControlServer();
    stage.startControlServer();
    Map<String, Integer> answers = load.get(2, TimeUnit.MINUTES);

    assertThat(answers.keySet()).containsExactly("200 v1");
    stage.awaitInstances("backend", 2);
    stage.apply(Policies.split(0, 100));
    Await.until(
        "the agent following the restarted control server",
        () -> caller.load("jdk", "http://backend/hello", 5).equals(Map.of("200 v2", 5)));
  }

  @Test
  void startsFromTheLastKnownGoodPolicyWhileTheControlServerIsDown() throws Exception {
    stage.probe(Jdk.current(), "backend", "v1");
    stage.probe(Jdk.current(), "backend", "v2");
    Stage.Probe caller = stage.probe(Jdk.current(), "caller", "v1");
    stage.awaitInstances("backend", 2);
    stage.apply(Policies.SUBSETS + "---\n" + Policies.split(0, 100));
    Await.until(
        "the policy arriving",
        () -> caller.load("huc", "http://backend/hello", 5).equals(Map.of("200 v2", 5)));
    caller.child().close();
    stage.killControlServer();

    Stage.Probe again = stage.probe(Jdk.current(), "caller", "v1");

    assertThat(again.load("huc", "http://backend/hello", 20)).isEqualTo(Map.of("200 v2", 20));
    // The policy that is there does not wait for the control server to fail.
    again.child().awaitLog("cannot be reached");
    assertThat(again.child().log()).containsOnlyOnce("cannot be reached");
  }

  @Test
  void runsAsWithoutAgentWhenTheControlServerWasNeverThere() throws Exception {
    stage.killControlServer();
    Stage.Probe backend = stage.probe(Jdk.current(), "backend", "v1");
    Stage.Probe caller = stage.probe(Jdk.current(), "caller", "v1");

    assertThat(caller.call("huc", "http://127.0.0.1:" + backend.port() + "/hello"))
        .isEqualTo("200 v1");
    assertThat(caller.call("huc", "http://backend.invalid/hello"))
        .startsWith("exception java.net.UnknownHostException");
    Await.until(
        "the agent saying once that it cannot reach its control server",
        () -> caller.child().log().contains("cannot be reached"));
  }

  @Test
  void keepsTheLastGoodPolicyWhenABrokenOneFollows() throws Exception {
    stage.probe(Jdk.current(), "backend", "v1");
    stage.probe(Jdk.current(), "backend", "v2");
    Stage.Probe caller = stage.probe(Jdk.current(), "caller", "v1");
    stage.awaitInstances("backend", 2);
    stage.apply(Policies.SUBSETS + "---\n" + Policies.split(0, 100));
    Await.until(
        "the good policy arriving",
        () -> caller.load("huc", "http://backend/hello", 5).equals(Map.of("200 v2", 5)));

    var malformed = stage.tryApply(Policies.backend("- route: [{destination: {hosst: backend}}]"));
    assertThat(malformed.statusCode()).isEqualTo(422);
    assertThat(malformed.body()).contains("spec.http[0].route[0].destination.hosst");

    stage.apply(Policies.backend("- route: [{destination: {host: backend, subset: v3}}]"));
    Await.until(
        "the status naming the missing subset",
        () ->
            Stage.get(stage.controlUri("/v1/status/virtualservices/default/backend"))
                .body()
                .contains("v3"));
    assertThat(caller.load("huc", "http://backend/hello", 20)).isEqualTo(Map.of("200 v2", 20));
  }

  private static CompletableFuture<Map<String, Integer>> loading(
      Stage.Probe caller, String client, int count) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return caller.load(client, "http://backend/hello", count);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
