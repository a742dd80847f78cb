package dev.weft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.DirectResponse;
import dev.weft.model.Fault;
import dev.weft.model.Redirect;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Rewrite;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.StringMatch;
import dev.weft.model.Update;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ExplainTest {

  private static final String URL = "http://reviews:9080/reviews/1?v=2";

  private static Route jason() {
    return Route.builder()
        .name("jason")
        .matches(
            List.of(
                RouteMatch.builder()
                    .headers(Map.of("end-user", StringMatch.exact("jason")))
                    .build()))
        .directResponse(DirectResponse.builder().status(418).build())
        .build();
  }

  private static Route rest() {
    return TestMesh.route(TestMesh.REVIEWS)
        .matches(List.of(RouteMatch.builder().uri(StringMatch.prefix("/reviews")).build()))
        .rewrite(Rewrite.builder().uri("/r").build())
        .timeoutNanos(2 * TestMesh.SECOND)
        .retries(RetryPolicy.builder().attempts(3).retryOn(Set.of("5xx")).build())
        .fault(
            Fault.builder()
                .delayNanos(TestMesh.SECOND)
                .delayPerMillion(125_000)
                .abortStatus(500)
                .abortPerMillion(1_000_000)
                .build())
        .build();
  }

  private static TestMesh routed() {
    TestMesh mesh = new TestMesh().service(2);
    return mesh.applied(Update.builder().routeTables(List.of(TestMesh.table(jason(), rest()))));
  }

  private static List<String> explain(TestMesh mesh, String url, Map<String, String> headers) {
    return mesh.engine.view().explain("GET", url, headers);
  }

  @Test
  void tellsTheWholeWay() {
    assertThat(explain(routed(), URL, Map.of()))
        .containsExactly(
            "reviews:9080 is service reviews.default.svc.cluster.local, routed by VirtualService"
                + " default/reviews",
            "route jason is not taken, because header end-user is absent (expected: EXACT(jason))",
            "route primary is taken, because uri PREFIX(/reviews)",
            "is delayed by 1000 ms in 12.5 % of cases (DI)",
            "is answered with 500 in 100 % of cases (FI)",
            "the path becomes /r/1?v=2",
            "times out after 2000 ms",
            "is tried again up to 3 times on [5xx], if its method is idempotent",
            "upstream " + TestMesh.REVIEWS + " takes 100 %, LEAST_REQUEST among 2 endpoints",
            "  10.0.0.1:8080, weight 1",
            "  10.0.0.2:8080, weight 1");
  }

  @Test
  void readsHeadersInAnyCaseAndTellsNoValues() {
    assertThat(explain(routed(), URL, Map.of("End-User", "jason")))
        .contains("route jason is taken, because header end-user EXACT(jason)")
        .contains("answers 418 directly");
    assertThat(explain(routed(), URL, Map.of("end-user", "secret")).toString())
        .contains("header end-user is not EXACT(jason)")
        .doesNotContain("secret");
  }

  @Test
  void tellsWhenNothingApplies() {
    assertThat(explain(routed(), "http://reviews:9080/other", Map.of()))
        .contains("route primary is not taken, because path /other is not PREFIX(/reviews)")
        .contains("answers 404 (NR): no route matches");
    assertThat(explain(routed(), "http://other/", Map.of()).get(0))
        .startsWith("passes through: no policy for other:80");
    assertThat(explain(routed(), "https://reviews:9080/", Map.of()).get(0))
        .startsWith("passes through: the application's own TLS");
    assertThat(explain(routed(), "/relative", Map.of()).get(0)).contains("expected: an absolute");
    assertThat(explain(routed(), "http://a b/", Map.of()).get(0)).startsWith("url: http://a b/");
  }

  @Test
  void tellsWhereARedirectPoints() {
    TestMesh mesh = new TestMesh();
    Route route =
        Route.builder().redirect(Redirect.builder().uri("/new").status(302).build()).build();
    mesh.applied(Update.builder().routeTables(List.of(TestMesh.table(route))));
    assertThat(explain(mesh, URL, Map.of())).contains("answers 302 to http://reviews:9080/new?v=2");
  }

  @Test
  void changesNothing() {
    TestMesh mesh = routed();
    explain(mesh, URL, Map.of());
    assertThat(mesh.engine.view().clusters()).isEmpty();
    assertThat(mesh.records).isEmpty();
  }

  @Test
  void tellsWhoIsBusyAndWhoIsOut() {
    TestMesh mesh = new TestMesh().service(1);
    mesh.start(TestRequest.get("/"));
    assertThat(explain(mesh, URL, Map.of())).contains("  10.0.0.1:8080, weight 1, 1 active");
  }
}
