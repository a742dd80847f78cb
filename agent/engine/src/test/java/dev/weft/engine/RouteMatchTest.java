package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.DirectResponse;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.StringMatch;
import dev.weft.model.Update;
import dev.weft.outbound.Directive;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every kind of condition; a route that matches answers 299, none is a 404. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class RouteMatchTest {

  private static boolean matches(RouteMatch match, TestRequest request) {
    TestMesh mesh = new TestMesh();
    mesh.applied(Update.builder().routeTables(List.of(TestMesh.table(answering(299, match)))));
    int status = mesh.start(request).reply().status();
    assertThat(status).isIn(299, 404);
    return status == 299;
  }

  private static Route answering(int status, RouteMatch... matches) {
    return Route.builder()
        .name("answer-" + status)
        .matches(List.of(matches))
        .directResponse(DirectResponse.builder().status(status).build())
        .build();
  }

  private static RouteMatch uri(StringMatch match) {
    return RouteMatch.builder().uri(match).build();
  }

  private static RouteMatch header(StringMatch match) {
    return RouteMatch.builder().headers(Map.of("x-user", match)).build();
  }

  private static RouteMatch without(StringMatch match) {
    return RouteMatch.builder().withoutHeaders(Map.of("x-user", match)).build();
  }

  private static RouteMatch query(StringMatch match) {
    return RouteMatch.builder().queryParams(Map.of("v", match)).build();
  }

  @Test
  void comparesAnExactPathWithoutItsQuery() {
    RouteMatch match = uri(StringMatch.exact("/a"));
    assertThat(matches(match, get("/a"))).isTrue();
    assertThat(matches(match, get("/a?b=c"))).isTrue();
    assertThat(matches(match, get("/a/"))).isFalse();
    assertThat(matches(match, get("/A"))).isFalse();
  }

  @Test
  void takesAPathPrefixAsPlainText() {
    RouteMatch match = uri(StringMatch.prefix("/v2"));
    assertThat(matches(match, get("/v2"))).isTrue();
    assertThat(matches(match, get("/v2example"))).isTrue();
    assertThat(matches(match, get("/v"))).isFalse();
    assertThat(matches(match, get("/v?2"))).isFalse();
    assertThat(matches(uri(StringMatch.prefix("/v?2")), get("/v?2"))).isFalse();
  }

  @Test
  void matchesARegexAgainstTheWholePath() {
    RouteMatch match = uri(StringMatch.regex("/items/[0-9]+"));
    assertThat(matches(match, get("/items/12"))).isTrue();
    assertThat(matches(match, get("/items/12?page=2"))).isTrue();
    assertThat(matches(match, get("/items/12/x"))).isFalse();
  }

  @Test
  void ignoresCaseWhereToldTo() {
    assertThat(matches(uri(StringMatch.of(StringMatch.Kind.EXACT, "/Abc", true)), get("/aBC")))
        .isTrue();
    assertThat(matches(uri(StringMatch.of(StringMatch.Kind.PREFIX, "/Ab", true)), get("/aBcd")))
        .isTrue();
    assertThat(matches(uri(StringMatch.prefix("/Ab")), get("/abcd"))).isFalse();
  }

  @Test
  void asksMethodSchemeAuthorityAndPort() {
    RouteMatch method = RouteMatch.builder().method(StringMatch.exact("PUT")).build();
    assertThat(matches(method, get("/").method("PUT"))).isTrue();
    assertThat(matches(method, get("/"))).isFalse();
    RouteMatch scheme = RouteMatch.builder().scheme(StringMatch.exact("https")).build();
    assertThat(matches(scheme, get("/"))).isFalse();
    RouteMatch authority = RouteMatch.builder().authority(StringMatch.prefix("reviews:")).build();
    assertThat(matches(authority, get("/"))).isTrue();
    RouteMatch port = RouteMatch.builder().port(9080).build();
    assertThat(matches(port, get("/"))).isTrue();
    assertThat(matches(port.toBuilder().port(80).build(), get("/"))).isFalse();
  }

  @Test
  void wantsHeadersToBePresentAndToMatch() {
    assertThat(matches(header(StringMatch.exact("jason")), get("/").with("x-user", "jason")))
        .isTrue();
    assertThat(matches(header(StringMatch.exact("jason")), get("/").with("x-user", "eve")))
        .isFalse();
    assertThat(matches(header(StringMatch.exact("jason")), get("/"))).isFalse();
    assertThat(matches(header(StringMatch.present()), get("/").with("x-user", ""))).isTrue();
    assertThat(matches(header(StringMatch.present()), get("/"))).isFalse();
    assertThat(matches(header(StringMatch.regex("j.*")), get("/").with("x-user", "jason")))
        .isTrue();
    assertThat(matches(header(StringMatch.prefix("ja")), get("/").with("x-user", "jason")))
        .isTrue();
  }

  @Test
  void holdsWithoutAHeaderOrWithAnother() {
    assertThat(matches(without(StringMatch.exact("jason")), get("/"))).isTrue();
    assertThat(matches(without(StringMatch.exact("jason")), get("/").with("x-user", "eve")))
        .isTrue();
    assertThat(matches(without(StringMatch.exact("jason")), get("/").with("x-user", "jason")))
        .isFalse();
  }

  @Test
  void takesAMissingHeaderAsEmptyInWithoutHeaders() {
    assertThat(matches(without(StringMatch.regex(".*")), get("/"))).isFalse();
    assertThat(matches(without(StringMatch.regex(".+")), get("/"))).isTrue();
    assertThat(matches(without(StringMatch.exact("")), get("/"))).isFalse();
  }

  @Test
  void takesPresentAndTheStarRegexAsMustBeAbsent() {
    for (StringMatch absent : List.of(StringMatch.present(), StringMatch.regex("*"))) {
      assertThat(matches(without(absent), get("/"))).isTrue();
      assertThat(matches(without(absent), get("/").with("x-user", ""))).isFalse();
    }
  }

  @Test
  void readsTheFirstValueOfAQueryParameter() {
    assertThat(matches(query(StringMatch.exact("1")), get("/?v=1"))).isTrue();
    assertThat(matches(query(StringMatch.exact("1")), get("/?a=b&v=1&v=2"))).isTrue();
    assertThat(matches(query(StringMatch.exact("2")), get("/?v=1&v=2"))).isFalse();
    assertThat(matches(query(StringMatch.exact("1")), get("/?vv=1"))).isFalse();
    assertThat(matches(query(StringMatch.exact("1")), get("/v=1"))).isFalse();
    assertThat(matches(query(StringMatch.regex("[0-9]+")), get("/?v=12"))).isTrue();
    assertThat(matches(query(StringMatch.prefix("a%20")), get("/?v=a%20b"))).isTrue();
  }

  @Test
  void tellsAnEmptyQueryParameterFromAMissingOne() {
    assertThat(matches(query(StringMatch.exact("")), get("/?v"))).isTrue();
    assertThat(matches(query(StringMatch.exact("")), get("/?v="))).isTrue();
    assertThat(matches(query(StringMatch.exact("")), get("/?v&a=1"))).isTrue();
    assertThat(matches(query(StringMatch.exact("")), get("/?"))).isFalse();
    assertThat(matches(query(StringMatch.exact("")), get("/"))).isFalse();
    assertThat(matches(query(StringMatch.present()), get("/?a&v=x"))).isTrue();
    assertThat(matches(query(StringMatch.present()), get("/?a"))).isFalse();
  }

  @Test
  void wantsAllConditionsOfOneMatch() {
    RouteMatch both =
        RouteMatch.builder()
            .uri(StringMatch.prefix("/a"))
            .headers(Map.of("x-user", StringMatch.exact("jason")))
            .build();
    assertThat(matches(both, get("/a").with("x-user", "jason"))).isTrue();
    assertThat(matches(both, get("/a"))).isFalse();
    assertThat(matches(both, get("/b").with("x-user", "jason"))).isFalse();
  }

  @Test
  void takesTheFirstRouteOfWhichAnyMatchHolds() {
    TestMesh mesh = new TestMesh();
    RouteMatch a = uri(StringMatch.prefix("/a"));
    RouteMatch b = uri(StringMatch.prefix("/b"));
    mesh.applied(
        Update.builder()
            .routeTables(
                List.of(TestMesh.table(answering(201, a, b), answering(202, b), answering(203)))));
    assertThat(mesh.start(get("/a")).reply().status()).isEqualTo(201);
    assertThat(mesh.start(get("/b")).reply().status()).isEqualTo(201);
    assertThat(mesh.start(get("/c")).reply().status()).isEqualTo(203);
  }

  @Test
  void answers404WhereNoRouteMatches() {
    TestMesh mesh = new TestMesh();
    mesh.applied(
        Update.builder()
            .routeTables(List.of(TestMesh.table(answering(201, uri(StringMatch.exact("/only")))))));
    Directive directive = mesh.start(get("/other"));
    assertThat(directive.kind()).isEqualTo(Directive.Kind.REPLY);
    assertThat(directive.reply().status()).isEqualTo(404);
    assertThat(directive.reply().flag()).isEqualTo("NR");
  }
}
