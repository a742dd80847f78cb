package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.HeaderOperations;
import dev.weft.model.Rewrite;
import dev.weft.model.Route;
import dev.weft.model.WeightedUpstream;
import dev.weft.outbound.Attempt;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Header operations of route and destination, templates, and the mesh's own headers. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class HeaderTest {

  private static HeaderOperations.Builder ops() {
    return HeaderOperations.builder();
  }

  private static Attempt attempt(
      HeaderOperations.Builder route, HeaderOperations.Builder destination, int destinations) {
    WeightedUpstream one =
        WeightedUpstream.builder()
            .upstream(TestMesh.REVIEWS)
            .requestHeaders(destination.build())
            .build();
    List<WeightedUpstream> all = destinations == 1 ? List.of(one) : List.of(one, one);
    return new TestMesh()
        .service(1, builder -> builder.requestHeaders(route.build()).destinations(all))
        .start(get("/p?q=1").with("x-in", "incoming").with("cookie", "c"))
        .attempt();
  }

  private static Headers headers(
      HeaderOperations.Builder route, HeaderOperations.Builder destination, int destinations) {
    return Headers.of(attempt(route, destination, destinations).requestHeaders());
  }

  private static String value(String template) {
    String value = headers(ops().set(Map.of("x-t", template)), ops(), 1).set.get("x-t");
    return String.valueOf(value);
  }

  @Test
  void removesSetsAndAdds() {
    Headers headers =
        headers(
            ops().set(Map.of("X-Set", "s")).add(Map.of("X-Add", "a")).remove(List.of("X-Remove")),
            ops(),
            1);
    assertThat(headers.removed).containsExactly("x-remove");
    assertThat(headers.set).containsEntry("x-set", "s");
    assertThat(headers.added).containsExactly("x-add: a");
  }

  @Test
  void letsTheDestinationsSetWinOverTheRoute() {
    for (int destinations = 1; destinations <= 2; destinations++) {
      Headers headers =
          headers(
              ops().set(Map.of("x-a", "route")).add(Map.of("x-b", "route", "x-c", "route")),
              ops().set(Map.of("X-A", "destination", "x-b", "destination")).add(Map.of("x-c", "d")),
              destinations);
      assertThat(headers.set)
          .containsEntry("x-a", "destination")
          .containsEntry("x-b", "destination");
      assertThat(headers.added).containsExactly("x-c: route", "x-c: d");
    }
  }

  @Test
  void removesAfterTheRouteOnlyAmongSeveralDestinations() {
    HeaderOperations.Builder route = ops().set(Map.of("x-a", "route"));
    HeaderOperations.Builder destination = ops().remove(List.of("x-a"));
    assertThat(headers(route, destination, 1).set).containsEntry("x-a", "route");
    assertThat(headers(route, destination, 2).set).doesNotContainKey("x-a");
    assertThat(headers(route, destination, 2).removed).containsExactly("x-a");
  }

  @Test
  void takesHostAsARewriteOfTheAuthority() {
    assertThat(attempt(ops().set(Map.of("Host", "a")), ops(), 1).authority()).isEqualTo("a");
    assertThat(attempt(ops().add(Map.of(":authority", "a")), ops(), 1).authority()).isEqualTo("a");
    assertThat(
            attempt(ops().set(Map.of("host", "s")).add(Map.of("host", "a")), ops(), 1).authority())
        .isEqualTo("s");
    HeaderOperations.Builder route = ops().set(Map.of("host", "route"));
    HeaderOperations.Builder destination = ops().set(Map.of("host", "destination"));
    assertThat(attempt(route, destination, 1).authority()).isEqualTo("route");
    assertThat(attempt(route, destination, 2).authority()).isEqualTo("destination");
    assertThat(attempt(ops(), destination, 1).authority()).isEqualTo("destination");
    assertThat(headers(route, destination, 1).set).doesNotContainKey("host");
  }

  @Test
  void putsTheAuthorityOfTheRewriteFirst() {
    Route.Builder route =
        TestMesh.route(TestMesh.REVIEWS)
            .rewrite(Rewrite.builder().authority("rewrite").build())
            .requestHeaders(ops().set(Map.of("host", "header")).build());
    Attempt attempt = new TestMesh().service(1, ignored -> route).start(get("/")).attempt();
    assertThat(attempt.authority()).isEqualTo("rewrite");
  }

  @Test
  void dropsRemovalOfHostAndPseudoHeaders() {
    Headers headers = headers(ops().remove(List.of("Host", ":path", "cookie")), ops(), 1);
    assertThat(headers.removed).containsExactly("cookie");
    assertThat(headers(ops().set(Map.of(":path", "/x")), ops(), 1).set).doesNotContainKey(":path");
  }

  @Test
  void rendersTemplates() {
    assertThat(value("100%% sure")).isEqualTo("100% sure");
    assertThat(value("a-%REQ(X-In)%-b")).isEqualTo("a-incoming-b");
    assertThat(value("%REQ(x-none?x-in)%")).isEqualTo("incoming");
    assertThat(value("%REQ(x-in):3%")).isEqualTo("inc");
    assertThat(value("%REQ(:path)% %REQ(:method)% %REQ(:authority)%"))
        .isEqualTo("/p?q=1 GET reviews:9080");
    assertThat(value("%PROTOCOL%")).isEqualTo("HTTP/1.1");
    assertThat(value("[%REQ(x-none)%]")).isEqualTo("[]");
  }

  @Test
  void leavesUnknownOperatorsAndLonePercentSigns() {
    assertThat(value("%START_TIME%")).isEqualTo("%START_TIME%");
    assertThat(value("%DOWNSTREAM_REMOTE_ADDRESS%-x")).isEqualTo("%DOWNSTREAM_REMOTE_ADDRESS%-x");
    assertThat(value("50%")).isEqualTo("50%");
    assertThat(value("50% of %REQ(x-in)%")).isEqualTo("50% of incoming");
    assertThat(value("%REQ(x-in):x%")).isEqualTo("%REQ(x-in):x%");
  }

  @Test
  void leavesOutAValueThatRendersToNothing() {
    assertThat(headers(ops().set(Map.of("x-t", "%REQ(x-none)%")), ops(), 1).set)
        .doesNotContainKey("x-t");
  }

  @Test
  void tellsAttemptAndPeer() {
    Headers headers = headers(ops(), ops(), 1);
    assertThat(headers.set)
        .containsEntry("x-envoy-attempt-count", "1")
        .containsEntry("x-weft-peer", "web-1;shop;web;v7");
  }
}
