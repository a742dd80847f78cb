package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static dev.weft.engine.TestRequest.grpc;
import static dev.weft.engine.TestRequest.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.DirectResponse;
import dev.weft.model.HeaderOperations;
import dev.weft.model.Redirect;
import dev.weft.model.Rewrite;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.StringMatch;
import dev.weft.model.Update;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundCall;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rewrites, redirects, direct responses. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ActionTest {

  private static Attempt attempt(
      @Nullable StringMatch uri, Rewrite.Builder rewrite, TestRequest request) {
    List<RouteMatch> matches =
        uri == null ? List.of() : List.of(RouteMatch.builder().uri(uri).build());
    return new TestMesh()
        .service(1, route -> route.matches(matches).rewrite(rewrite.build()))
        .start(request)
        .attempt();
  }

  private static @Nullable String rewritten(
      @Nullable StringMatch uri, Rewrite.Builder rewrite, String path) {
    return attempt(uri, rewrite, get(path)).path();
  }

  private static Rewrite.Builder to(String uri) {
    return Rewrite.builder().uri(uri);
  }

  @Test
  void replacesTheMatchedPrefixLiterally() {
    StringMatch prefix = StringMatch.prefix("/api/");
    assertThat(rewritten(prefix, to("/"), "/api/x?q=1")).isEqualTo("/x?q=1");
    assertThat(rewritten(StringMatch.prefix("/api"), to("/"), "/api/x")).isEqualTo("//x");
    assertThat(rewritten(StringMatch.prefix("/api"), to("/v2"), "/apis")).isEqualTo("/v2s");
  }

  @Test
  void replacesTheWholePathAfterAnExactOrRegexMatch() {
    assertThat(rewritten(StringMatch.exact("/a"), to("/b"), "/a?q=1")).isEqualTo("/b?q=1");
    assertThat(rewritten(StringMatch.regex("/a.*"), to("/b"), "/abc")).isEqualTo("/b");
  }

  @Test
  void takesACatchAllAsThePrefixSlash() {
    assertThat(rewritten(null, to("/api/"), "/x")).isEqualTo("/api/x");
  }

  @Test
  void keepsThePathAbsolute() {
    assertThat(rewritten(StringMatch.prefix("/api/"), to(""), "/api/x")).isEqualTo("/x");
  }

  @Test
  void substitutesEveryMatchOfARegexButNotInTheQuery() {
    Rewrite.Builder rewrite = Rewrite.builder().regex("/u/([0-9]+)").substitution("/user-\\1");
    assertThat(rewritten(null, rewrite, "/u/12/u/3?r=/u/4")).isEqualTo("/user-12/user-3?r=/u/4");
    assertThat(rewritten(null, rewrite, "/none")).isNull();
    Rewrite.Builder backslash = Rewrite.builder().regex("x").substitution("$1\\\\\\0");
    assertThat(rewritten(null, backslash, "/x")).isEqualTo("/$1\\x");
  }

  @Test
  void tellsTheOriginalPath() {
    Attempt changed = attempt(StringMatch.prefix("/a"), to("/b"), get("/a?q=1"));
    assertThat(Headers.of(changed.requestHeaders()).set)
        .containsEntry("x-envoy-original-path", "/a?q=1");
    Attempt same = attempt(StringMatch.prefix("/a"), to("/a"), get("/a?q=1"));
    assertThat(same.path()).isNull();
    assertThat(Headers.of(same.requestHeaders()).set).doesNotContainKey("x-envoy-original-path");
  }

  @Test
  void rewritesTheAuthority() {
    Attempt attempt = attempt(null, Rewrite.builder().authority("other.example"), get("/"));
    assertThat(attempt.authority()).isEqualTo("other.example");
    assertThat(attempt.path()).isNull();
  }

  // ---- redirects

  private static LocalReply answered(Route.Builder route, TestRequest request) {
    return new TestMesh()
        .applied(Update.builder().routeTables(List.of(TestMesh.table(route.build()))))
        .start(request)
        .reply();
  }

  private static String location(Redirect.Builder redirect, TestRequest request) {
    LocalReply reply =
        answered(
            Route.builder()
                .matches(List.of(RouteMatch.builder().uri(StringMatch.prefix("/a")).build()))
                .redirect(redirect.build()),
            request);
    String location = Headers.of(reply.headers()).set.get("location");
    assertThat(location).isNotNull();
    return String.valueOf(location);
  }

  private static TestRequest asked(String authority, int port) {
    return get("/a/x?q=1").to("http", authority, port);
  }

  @Test
  void redirectsToAnotherPathAndKeepsTheQuery() {
    TestRequest request = asked("reviews:9080", 9080);
    assertThat(location(Redirect.builder().uri("/new"), request))
        .isEqualTo("http://reviews:9080/new?q=1");
    assertThat(location(Redirect.builder().prefixRewrite("/b"), request))
        .isEqualTo("http://reviews:9080/b/x?q=1");
    assertThat(location(Redirect.builder().authority("other.example"), request))
        .isEqualTo("http://other.example/a/x?q=1");
    assertThat(location(Redirect.builder().uri(""), request))
        .isEqualTo("http://reviews:9080/a/x?q=1");
  }

  @Test
  void redirectsToAnotherSchemeOrPortAndDropsDefaults() {
    TestRequest request = asked("reviews:9080", 9080);
    assertThat(location(Redirect.builder().scheme("https"), request))
        .isEqualTo("https://reviews:9080/a/x?q=1");
    assertThat(location(Redirect.builder().scheme("https").port(443), request))
        .isEqualTo("https://reviews/a/x?q=1");
    assertThat(location(Redirect.builder().port(8443), request))
        .isEqualTo("http://reviews:8443/a/x?q=1");
    assertThat(location(Redirect.builder().authority("o.example").portFromRequest(true), request))
        .isEqualTo("http://o.example:9080/a/x?q=1");
  }

  @Test
  void dropsTheOldSchemesDefaultPort() {
    TestMesh mesh = new TestMesh();
    Route route = Route.builder().redirect(Redirect.builder().scheme("https").build()).build();
    mesh.applied(
        Update.builder()
            .routeTables(List.of(TestMesh.table(route).toBuilder().name("reviews:80").build())));
    LocalReply reply = mesh.start(get("/").to("http", "reviews:80", 80)).reply();
    assertThat(Headers.of(reply.headers()).set).containsEntry("location", "https://reviews/");
  }

  @Test
  void keepsThePortThatTheCallerWroteWhereTheSchemeStays() {
    TestMesh mesh = new TestMesh();
    Route route = Route.builder().redirect(Redirect.builder().uri("/n").build()).build();
    mesh.applied(
        Update.builder()
            .routeTables(List.of(TestMesh.table(route).toBuilder().name("reviews:80").build())));
    LocalReply reply = mesh.start(get("/").to("http", "reviews:80", 80)).reply();
    assertThat(Headers.of(reply.headers()).set).containsEntry("location", "http://reviews:80/n");
  }

  @Test
  void takesOnlyGrpcForGrpc() {
    TestRequest web = TestRequest.post("/").with("content-type", "application/grpc-web");
    assertThat(answered(teapot(), web).status()).isEqualTo(418);
    TestRequest proto = TestRequest.post("/").with("content-type", "application/grpc+proto");
    assertThat(answered(teapot(), proto).status()).isEqualTo(200);
  }

  @Test
  void answersRedirectsWithTheirStatusAndNoBody() {
    LocalReply reply =
        answered(
            Route.builder().redirect(Redirect.builder().status(308).uri("/n").build()), get("/"));
    assertThat(reply.status()).isEqualTo(308);
    assertThat(reply.body()).isEmpty();
    assertThat(reply.flag()).isEqualTo("-");
  }

  // ---- direct responses

  private static Route.Builder teapot() {
    return Route.builder()
        .directResponse(DirectResponse.builder().status(418).body("short and stout").build());
  }

  @Test
  void answersDirectlyWithTheRoutesResponseHeaders() {
    LocalReply reply =
        answered(
            teapot()
                .responseHeaders(HeaderOperations.builder().set(Map.of("X-Pot", "tea")).build()),
            get("/"));
    assertThat(reply.status()).isEqualTo(418);
    assertThat(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo("short and stout");
    assertThat(Headers.of(reply.headers()).set)
        .containsEntry("x-pot", "tea")
        .containsEntry("content-type", "text/plain");
  }

  @Test
  void answersGrpcRequestsInGrpcsWords() {
    LocalReply reply = answered(teapot(), grpc("/a.B/c"));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
    assertThat(Headers.of(reply.headers()).set)
        .containsEntry("content-type", "application/grpc")
        .containsEntry("grpc-status", "2")
        .containsEntry("grpc-message", "short and stout");
  }

  @Test
  void changesTheHeadersOfDeliveredResponses() {
    TestMesh mesh =
        new TestMesh()
            .service(
                1,
                route ->
                    route.responseHeaders(
                        HeaderOperations.builder()
                            .set(Map.of("x-a", "%RESP(server)% for %REQ(:path)%"))
                            .remove(List.of("Server"))
                            .build()));
    OutboundCall call = mesh.open(get("/p"));
    call.start();
    HeaderMutations changes = call.onResponse(response(200, "server", "jetty")).responseHeaders();
    assertThat(Headers.of(changes).set).containsEntry("x-a", "jetty for /p");
    assertThat(Headers.of(changes).removed).containsExactly("server");
  }
}
