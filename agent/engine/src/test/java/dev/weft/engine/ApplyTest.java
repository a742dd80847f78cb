package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.DirectResponse;
import dev.weft.model.Endpoints;
import dev.weft.model.Rejection;
import dev.weft.model.Rewrite;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.RouteTable;
import dev.weft.model.StringMatch;
import dev.weft.model.Update;
import dev.weft.model.WeightedUpstream;
import dev.weft.outbound.Directive;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How policy enters: all that is good, nothing that is bad, never half of one resource. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ApplyTest {

  private static Route answering(int status) {
    return Route.builder().directResponse(DirectResponse.builder().status(status).build()).build();
  }

  private static Rejection rejected(TestMesh mesh, Update.Builder update) {
    List<Rejection> rejections = mesh.engine.apply(update.build());
    assertThat(rejections).hasSize(1);
    assertThat(mesh.engine.view().policy().rejections).contains(rejections.get(0));
    return rejections.get(0);
  }

  private static Rejection rejected(Route... routes) {
    return rejected(
        new TestMesh().service(1), Update.builder().routeTables(List.of(TestMesh.table(routes))));
  }

  @Test
  void rejectsARegexThatIsNotRe2() {
    Route bad =
        Route.builder()
            .name("r")
            .matches(List.of(RouteMatch.builder().uri(StringMatch.regex("/(?=a)b")).build()))
            .directResponse(DirectResponse.builder().status(200).build())
            .build();
    Rejection rejection = rejected(bad);
    assertThat(rejection.kind()).isEqualTo("RouteTable");
    assertThat(rejection.name()).isEqualTo("reviews:9080");
    assertThat(rejection.source()).isEqualTo("VirtualService/default/reviews");
    assertThat(rejection.reason())
        .startsWith("routes[r].match[0].uri: /(?=a)b (expected: an RE2 regex");
  }

  @Test
  void rejectsRegexesWhereverTheyStand() {
    StringMatch bad = StringMatch.regex("(");
    for (RouteMatch match :
        List.of(
            RouteMatch.builder().headers(Map.of("x", bad)).build(),
            RouteMatch.builder().withoutHeaders(Map.of("x", bad)).build(),
            RouteMatch.builder().queryParams(Map.of("x", bad)).build(),
            RouteMatch.builder().method(bad).build())) {
      Route route = answering(200).toBuilder().matches(List.of(match)).build();
      assertThat(rejected(route).reason()).contains("expected: an RE2 regex");
    }
    Route.Builder rewriting = TestMesh.route(TestMesh.REVIEWS);
    assertThat(rejected(rewriting.rewrite(Rewrite.builder().regex("(").build()).build()).reason())
        .contains("uriRegexRewrite.match");
    assertThat(
            rejected(
                    rewriting
                        .rewrite(Rewrite.builder().regex("(a)").substitution("\\2").build())
                        .build())
                .reason())
        .contains("\\2 (expected: \\0 to \\1");
  }

  @Test
  void namesTheMissingSubset() {
    Route route = TestMesh.route("outbound|80|v3|payments").build();
    assertThat(rejected(route).reason()).isEqualTo("unknown subset v3 of payments");
    assertThat(rejected(TestMesh.route("outbound|80||payments").build()).reason())
        .isEqualTo("unknown upstream outbound|80||payments");
  }

  @Test
  void rejectsWeightsThatChooseNobody() {
    WeightedUpstream zero = WeightedUpstream.builder().upstream(TestMesh.REVIEWS).weight(0).build();
    assertThat(rejected(TestMesh.route().destinations(List.of(zero, zero)).build()).reason())
        .contains("all weights are 0");
    WeightedUpstream negative = zero.toBuilder().weight(-1).build();
    assertThat(rejected(TestMesh.route().destinations(List.of(negative)).build()).reason())
        .contains("weight: -1");
  }

  @Test
  void rejectsARouteWithoutExactlyOneAction() {
    assertThat(rejected(Route.builder().name("none").build()).reason())
        .startsWith("routes[none]: 0 actions");
    assertThat(
            rejected(
                    TestMesh.route(TestMesh.REVIEWS)
                        .directResponse(DirectResponse.builder().status(200).build())
                        .build())
                .reason())
        .contains("2 actions");
  }

  @Test
  void keepsTheLastGoodVersionAndTakesTheOthers() {
    TestMesh mesh = new TestMesh().service(1);
    RouteTable bad = TestMesh.table(TestMesh.route("outbound|80|v3|payments").build());
    RouteTable good = TestMesh.table(answering(201)).toBuilder().name("ratings:80").build();
    rejected(mesh, Update.builder().routeTables(List.of(bad, good)));
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(mesh.start(get("/").to("http", "ratings", 80)).reply().status()).isEqualTo(201);
    mesh.applied(Update.builder().routeTables(List.of(TestMesh.table(answering(202)))));
    assertThat(mesh.engine.view().policy().rejections).isEmpty();
    assertThat(mesh.start(get("/")).reply().status()).isEqualTo(202);
  }

  @Test
  void keepsTheUpstreamsOfALastGoodVersion() {
    TestMesh mesh = new TestMesh().service(1);
    RouteTable bad = TestMesh.table(TestMesh.route("outbound|80|v3|payments").build());
    rejected(
        mesh,
        Update.builder().routeTables(List.of(bad)).removedUpstreams(Set.of(TestMesh.REVIEWS)));
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.SEND);
    mesh.applied(Update.builder().routeTables(List.of(TestMesh.table(answering(200)))));
    assertThat(mesh.engine.view().policy().upstreams).isEmpty();
    assertThat(mesh.engine.view().policy().endpoints).isEmpty();
  }

  @Test
  void keepsAnUpstreamThatCameBackBeforeItLeft() {
    TestMesh mesh = new TestMesh().service(1);
    mesh.applied(Update.builder().removedUpstreams(Set.of(TestMesh.REVIEWS)));
    mesh.applied(Update.builder().upstreams(List.of(TestMesh.upstream(TestMesh.REVIEWS).build())));
    mesh.applied(Update.builder().routeTables(List.of(TestMesh.table(answering(200)))));
    assertThat(mesh.engine.view().policy().upstreams).hasSize(1);
  }

  @Test
  void rejectsEndpointsThatCannotBeCalled() {
    TestMesh mesh = new TestMesh().service(1);
    Endpoints.Builder list = Endpoints.builder().name(TestMesh.REVIEWS);
    assertThat(
            rejected(
                    mesh,
                    Update.builder()
                        .endpoints(
                            List.of(
                                list.endpoints(List.of(TestMesh.endpoint(1).weight(0).build()))
                                    .build())))
                .reason())
        .isEqualTo("endpoints[0].weight: 0 (expected: >= 1)");
    assertThat(
            rejected(
                    mesh,
                    Update.builder()
                        .endpoints(
                            List.of(
                                list.endpoints(List.of(TestMesh.endpoint(1).port(70_000).build()))
                                    .build())))
                .reason())
        .contains("port: 70000");
    assertThat(
            rejected(
                    mesh,
                    Update.builder()
                        .endpoints(
                            List.of(
                                list.endpoints(
                                        List.of(
                                            TestMesh.endpoint(1).build(),
                                            TestMesh.endpoint(2).address("b.example").build()))
                                    .build())))
                .reason())
        .contains("endpoints[1].address: b.example");
    assertThat(
            rejected(
                    mesh,
                    Update.builder()
                        .endpoints(List.of(TestMesh.endpoints("outbound|1||nobody", 1))))
                .reason())
        .isEqualTo("unknown upstream outbound|1||nobody");
    assertThat(mesh.engine.view().policy().endpoints.get(0).endpoints()).hasSize(1);
  }

  @Test
  void removesWhatIsRemoved() {
    TestMesh mesh = new TestMesh().service(1);
    mesh.applied(
        Update.builder()
            .removedRouteTables(Set.of("reviews:9080"))
            .removedUpstreams(Set.of(TestMesh.REVIEWS)));
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.PASS_THROUGH);
    assertThat(mesh.engine.view().policy().upstreams).isEmpty();
    assertThat(mesh.engine.view().policy().routeTables).isEmpty();
  }

  @Test
  void showsWhatIsInForceAndSinceWhen() {
    TestMesh mesh = new TestMesh();
    assertThat(mesh.engine.view().policy().version).isZero();
    assertThat(mesh.engine.view().policy().ageNanos).isZero();
    mesh.service(2);
    mesh.pass(7 * TestMesh.SECOND);
    EngineView.Policy policy = mesh.engine.view().policy();
    assertThat(policy.version).isEqualTo(1);
    assertThat(policy.ageNanos).isEqualTo(7 * TestMesh.SECOND);
    assertThat(policy.routeTables).extracting(RouteTable::name).containsExactly("reviews:9080");
    assertThat(policy.endpoints.get(0).endpoints()).hasSize(2);
  }

  @Test
  void decidesARequestByTheSnapshotThatItStartedWith() {
    TestMesh mesh = new TestMesh().service(1);
    OutboundCall call = mesh.open(get("/"));
    call.start();
    mesh.applied(Update.builder().routeTables(List.of(TestMesh.table(answering(200)))));
    assertThat(call.onResponse(TestRequest.response(503)).kind()).isEqualTo(Directive.Kind.DELIVER);
    call.close(Outcome.COMPLETED, 503, null);
    assertThat(mesh.taken().route).isEqualTo("primary");
  }
}
