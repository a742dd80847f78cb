package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static dev.weft.engine.TestRequest.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.Endpoints;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.model.WeightedUpstream;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The weighted choice among the destinations of a route. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class DestinationTest {

  private static final String[] SUBSETS = {"v1", "v2", "v3"};

  private static String upstream(String subset) {
    return "outbound|9080|" + subset + "|reviews.default.svc.cluster.local";
  }

  private static TestMesh weighted(int... weights) {
    List<Upstream> upstreams = new ArrayList<>();
    List<WeightedUpstream> destinations = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      String name = upstream(SUBSETS[i]);
      upstreams.add(TestMesh.upstream(name).build());
      destinations.add(WeightedUpstream.builder().upstream(name).weight(weights[i]).build());
    }
    Update.Builder update = Update.builder().upstreams(upstreams);
    List<Endpoints> endpoints = new ArrayList<>();
    for (Upstream upstream : upstreams) {
      endpoints.add(TestMesh.endpoints(upstream.name(), 2));
    }
    RetryPolicy retries =
        RetryPolicy.builder().attempts(5).retryOn(Set.of("5xx")).explicit(true).build();
    return new TestMesh()
        .applied(
            update
                .endpoints(endpoints)
                .routeTables(
                    List.of(
                        TestMesh.table(
                            TestMesh.route()
                                .destinations(destinations)
                                .retries(retries)
                                .build()))));
  }

  private static String chosen(TestMesh mesh) {
    OutboundCall call = mesh.open(get("/"));
    call.start();
    call.close(Outcome.COMPLETED, 200, null);
    Upstream upstream = mesh.taken().upstream;
    return upstream == null ? "" : upstream.subset();
  }

  @Test
  void dividesByWeightAtTheExactBounds() {
    TestMesh mesh = weighted(90, 10);
    mesh.draws.add(0L);
    mesh.draws.add(0L);
    mesh.draws.add(0L);
    assertThat(chosen(mesh)).isEqualTo("v1");
    mesh.draws.add(89L);
    mesh.draws.add(0L);
    mesh.draws.add(0L);
    assertThat(chosen(mesh)).isEqualTo("v1");
    mesh.draws.add(90L);
    mesh.draws.add(0L);
    mesh.draws.add(0L);
    assertThat(chosen(mesh)).isEqualTo("v2");
  }

  @Test
  void dividesByWeightOverManyRequests() {
    TestMesh mesh = weighted(70, 20, 10);
    int[] counts = new int[3];
    for (int i = 0; i < 10_000; i++) {
      counts[List.of(SUBSETS).indexOf(chosen(mesh))]++;
    }
    assertThat(counts[0]).isBetween(6_700, 7_300);
    assertThat(counts[1]).isBetween(1_750, 2_250);
    assertThat(counts[2]).isBetween(800, 1_200);
  }

  @Test
  void dropsAWeightOfZeroBesideOthers() {
    TestMesh mesh = weighted(0, 1);
    for (int i = 0; i < 100; i++) {
      assertThat(chosen(mesh)).isEqualTo("v2");
    }
  }

  @Test
  void givesASingleDestinationEverything() {
    assertThat(chosen(weighted(0))).isEqualTo("v1");
  }

  @Test
  void staysInTheChosenDestinationThroughRetries() {
    TestMesh mesh = weighted(50, 50);
    for (int i = 0; i < 20; i++) {
      OutboundCall call = mesh.open(get("/"));
      String first = call.start().attempt().endpoint().peerHost();
      for (int retry = 0; retry < 5; retry++) {
        assertThat(call.onResponse(response(503)).attempt().endpoint().peerHost()).isEqualTo(first);
      }
      call.close(Outcome.CANCELLED, 0, null);
    }
  }
}
