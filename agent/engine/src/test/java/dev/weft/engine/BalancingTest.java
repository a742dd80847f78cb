package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.model.Upstream.LoadBalancer;
import dev.weft.outbound.Directive;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class BalancingTest {

  private static TestMesh with(LoadBalancer balancer, int... weights) {
    TestMesh mesh =
        new TestMesh().service(0, upstream -> upstream.loadBalancer(balancer), route -> route);
    return mesh.applied(Update.builder().endpoints(List.of(weighted(weights))));
  }

  private static Endpoints weighted(int... weights) {
    List<EndpointInfo> list = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      list.add(TestMesh.endpoint(i + 1).weight(weights[i]).build());
    }
    return Endpoints.builder().name(TestMesh.REVIEWS).endpoints(list).build();
  }

  private static String address(Directive directive) {
    return String.valueOf(directive.attempt().endpoint().address().getHostAddress());
  }

  /** Sends requests one after the other; says how many each endpoint got. */
  private static Map<String, Integer> spread(TestMesh mesh, int requests) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < requests; i++) {
      OutboundCall call = mesh.open(get("/"));
      counts.merge(address(call.start()), 1, Integer::sum);
      call.close(Outcome.COMPLETED, 200, null);
    }
    return counts;
  }

  @Test
  void goesAroundInTurn() {
    TestMesh mesh = with(LoadBalancer.ROUND_ROBIN, 1, 1, 1);
    for (int round = 0; round < 5; round++) {
      assertThat(spread(mesh, 3)).hasSize(3);
    }
  }

  @Test
  void goesAroundByWeight() {
    TestMesh mesh = with(LoadBalancer.ROUND_ROBIN, 5, 2, 1);
    Map<String, Integer> counts = spread(mesh, 800);
    assertThat(counts.get("10.0.0.1")).isCloseTo(500, within(2));
    assertThat(counts.get("10.0.0.2")).isCloseTo(200, within(2));
    assertThat(counts.get("10.0.0.3")).isCloseTo(100, within(2));
  }

  @Test
  void spreadsAWeightedTurnEvenly() {
    TestMesh mesh = with(LoadBalancer.ROUND_ROBIN, 3, 1);
    spread(mesh, 1);
    for (int i = 0; i < 20; i++) {
      assertThat(spread(mesh, 4).get("10.0.0.1")).isEqualTo(3);
    }
  }

  @Test
  void takesTheLessBusyOfTwo() {
    TestMesh mesh = with(LoadBalancer.LEAST_REQUEST, 1, 1);
    OutboundCall busy = mesh.open(get("/"));
    String taken = address(busy.start());
    for (int i = 0; i < 20; i++) {
      OutboundCall call = mesh.open(get("/"));
      assertThat(address(call.start())).isNotEqualTo(taken);
      call.close(Outcome.COMPLETED, 200, null);
    }
  }

  @Test
  void comparesTwoDifferentHostsOutOfMany() {
    TestMesh mesh = with(LoadBalancer.LEAST_REQUEST, 1, 1, 1, 1);
    mesh.draws.add(0L);
    mesh.draws.add(0L);
    OutboundCall first = mesh.open(get("/"));
    assertThat(address(first.start())).isEqualTo("10.0.0.1");
    mesh.draws.add(0L);
    mesh.draws.add(2L);
    assertThat(address(mesh.start(get("/")))).isEqualTo("10.0.0.4");
  }

  @Test
  void evensOutLoadOverManyOpenRequests() {
    TestMesh mesh = with(LoadBalancer.LEAST_REQUEST, 1, 1, 1, 1, 1);
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      counts.merge(address(mesh.start(get("/"))), 1, Integer::sum);
    }
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(95, 105));
  }

  @Test
  void dividesOpenRequestsByWeightWhereWeightsDiffer() {
    TestMesh mesh = with(LoadBalancer.LEAST_REQUEST, 3, 1);
    Map<String, Integer> idle = spread(mesh, 400);
    assertThat(idle.get("10.0.0.1")).isCloseTo(300, within(2));
    for (int i = 0; i < 10; i++) {
      // Leaves requests open on whoever is picked, heavier on the heavy one.
      mesh.start(get("/"));
    }
    Map<String, Integer> loaded = spread(mesh, 400);
    assertThat(loaded.get("10.0.0.1")).isLessThan(280);
  }

  @Test
  void drawsByWeight() {
    TestMesh mesh = with(LoadBalancer.RANDOM, 1, 2, 1);
    String[] expected = {"10.0.0.1", "10.0.0.2", "10.0.0.2", "10.0.0.3"};
    for (int point = 0; point < expected.length; point++) {
      mesh.draws.add((long) point);
      assertThat(address(mesh.start(get("/")))).isEqualTo(expected[point]);
    }
  }

  @Test
  void answers503WithoutEndpoints() {
    TestMesh mesh = with(LoadBalancer.RANDOM);
    OutboundCall call = mesh.open(get("/"));
    Directive directive = call.start();
    assertThat(directive.reply().status()).isEqualTo(503);
    assertThat(directive.reply().flag()).isEqualTo("UH");
    assertThat(new String(directive.reply().body(), StandardCharsets.UTF_8))
        .isEqualTo("no healthy upstream");
    call.close(Outcome.COMPLETED, 503, null);
    assertThat(mesh.taken().flags).isEqualTo("UH");
    assertThat(mesh.engine.view().clusters().get(0).active).isZero();
  }

  @Test
  void keepsCountersOfHostsThatStay() {
    TestMesh mesh = with(LoadBalancer.LEAST_REQUEST, 1, 1);
    OutboundCall open = mesh.open(get("/"));
    String busy = address(open.start());
    mesh.applied(Update.builder().endpoints(List.of(weighted(1, 1, 1))));
    mesh.applied(
        Update.builder()
            .upstreams(
                List.of(
                    TestMesh.upstream(TestMesh.REVIEWS)
                        .loadBalancer(Upstream.LoadBalancer.RANDOM)
                        .build())));
    spread(mesh, 1);
    assertThat(mesh.engine.view().clusters().get(0).active).isEqualTo(1);
    for (EngineView.Member member : mesh.engine.view().clusters().get(0).endpoints) {
      assertThat(member.active).isEqualTo(member.endpoint.address().equals(busy) ? 1 : 0);
    }
    open.close(Outcome.COMPLETED, 200, null);
    for (EngineView.Member member : mesh.engine.view().clusters().get(0).endpoints) {
      assertThat(member.active).isZero();
    }
  }

  @Test
  void usesTheNewestEndpointsForARetryOfAnOldCall() {
    TestMesh mesh =
        new TestMesh()
            .service(
                1,
                route ->
                    route.retries(
                        RetryPolicy.builder().attempts(3).retryOn(Set.of("5xx")).build()));
    OutboundCall old = mesh.open(get("/"));
    old.start();
    mesh.applied(
        Update.builder()
            .endpoints(
                List.of(
                    Endpoints.builder()
                        .name(TestMesh.REVIEWS)
                        .endpoints(List.of(TestMesh.endpoint(9).build()))
                        .build())));
    spread(mesh, 1);
    assertThat(address(old.onResponse(TestRequest.response(503)))).isEqualTo("10.0.0.9");
  }
}
