package dev.weft.policy;

import static dev.weft.policy.Fixtures.caller;
import static dev.weft.policy.Fixtures.document;
import static dev.weft.policy.Fixtures.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.DirectResponse;
import dev.weft.model.Fault;
import dev.weft.model.HeaderOperations;
import dev.weft.model.Redirect;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Rewrite;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.StringMatch;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the fields of one http route become. */
@Timeout(30)
class RoutesTest {

  private static final String TO_A = "route: [{destination: {host: a}}]";

  @Test
  void everyKindOfMatch() {
    Route route =
        only(
            """
            {match: [{uri: {exact: /A}, ignoreUriCase: true, scheme: {exact: http},
              method: {regex: GET|PUT}, authority: {prefix: a}, headers: {X-User: {}, y: {exact: "1"}},
              withoutHeaders: {Z: {regex: "*"}}, queryParams: {Q: {exact: ""}}, port: 80}], %s}
            """
                .formatted(TO_A));

    assertThat(route.matches())
        .containsExactly(
            RouteMatch.builder()
                .uri(StringMatch.of(StringMatch.Kind.EXACT, "/A", true))
                .scheme(StringMatch.exact("http"))
                .method(StringMatch.regex("GET|PUT"))
                .authority(StringMatch.prefix("a"))
                .headers(Map.of("x-user", StringMatch.present(), "y", StringMatch.exact("1")))
                .withoutHeaders(Map.of("z", StringMatch.present()))
                .queryParams(Map.of("Q", StringMatch.exact("")))
                .port(80)
                .build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {port: 81}                                     | 0
          {port: 80}                                     | 1
          {sourceLabels: {app: productpage}}             | 1
          {sourceLabels: {app: productpage, version: v9}} | 0
          {sourceNamespace: default}                     | 1
          {sourceNamespace: other}                       | 0
          {gateways: [gw]}                               | 0
          {gateways: [gw, mesh], sourceNamespace: other} | 1
          """)
  void selectorsAreAskedOfTheClientAndNotOfTheRequest(String match, int routes) {
    assertThat(resolve("{match: [" + match + "], " + TO_A + "}").routeTable().routes())
        .hasSize(routes);
  }

  @Test
  void whatStandsBehindACatchAllIsLeftOut() {
    assertThat(
            resolve(
                    "{match: [{uri: {prefix: /x}}], "
                        + TO_A
                        + "}, {name: all, match: [{uri: {prefix: /}, port: 80}], "
                        + TO_A
                        + "}, {"
                        + TO_A
                        + "}")
                .routeTable()
                .routes())
        .extracting(Route::name)
        .containsExactly("", "all");
  }

  @Test
  void aMatchWithANameMakesARouteOfItsOwn() {
    assertThat(
            resolve(
                    "{name: r, match: [{name: one, uri: {prefix: /1}}, {uri: {prefix: /2}}], "
                        + TO_A
                        + "}")
                .routeTable()
                .routes())
        .extracting(Route::name)
        .containsExactly("r.one", "r");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {attempts: 0}              | none
          {}                         | none
          {attempts: 3}              | default
          """)
  void attemptsSayWhetherThereAreRetries(String retries, String expected) {
    RetryPolicy policy = only("{retries: " + retries + ", " + TO_A + "}").retries();

    if (expected.equals("none")) {
      assertThat(policy).isNull();
    } else {
      assertThat(policy)
          .isEqualTo(
              RetryPolicy.builder().attempts(3).retryOn(RetryRules.DEFAULT_CONDITIONS).build());
    }
  }

  @Test
  void retriesInFull() {
    assertThat(
            only("{retries: {attempts: 3, retryOn: '5xx, 503,429', perTryTimeout: 250ms,"
                    + " backoff: 1s, retryIgnorePreviousHosts: false}, "
                    + TO_A
                    + "}")
                .retries())
        .isEqualTo(
            RetryPolicy.builder()
                .attempts(3)
                .retryOn(Set.of("5xx", "retriable-status-codes"))
                .statusCodes(Set.of(503, 429))
                .explicit(true)
                .perTryTimeoutNanos(250_000_000L)
                .backoffNanos(1_000_000_000L)
                .ignorePreviousHosts(false)
                .build());
  }

  @Test
  void aRouteWithoutRetriesHasTheDefaultOnes() {
    assertThat(only("{" + TO_A + "}").retries())
        .isEqualTo(
            RetryPolicy.builder().attempts(2).retryOn(RetryRules.DEFAULT_CONDITIONS).build());
  }

  @Test
  void faultsInMillionths() {
    assertThat(
            only("{fault: {delay: {fixedDelay: 2s, percentage: {value: 0.0001}},"
                    + " abort: {grpcStatus: UNAVAILABLE, percentage: {value: 100}}}, "
                    + TO_A
                    + "}")
                .fault())
        .isEqualTo(
            Fault.builder()
                .delayNanos(2_000_000_000L)
                .delayPerMillion(1)
                .abortGrpcStatus(14)
                .abortPerMillion(1_000_000)
                .build());
  }

  @Test
  void aPercentageThatWasLeftOutIsZero() {
    assertThat(
            only("{fault: {delay: {fixedDelay: 2s}, abort: {httpStatus: 503}}, " + TO_A + "}")
                .fault())
        .isEqualTo(
            Fault.builder()
                .delayNanos(2_000_000_000L)
                .abortStatus(503)
                .abortGrpcStatus(-1)
                .build());
  }

  @Test
  void timeoutOfZeroIsNone() {
    assertThat(only("{timeout: 0s, " + TO_A + "}").timeoutNanos()).isZero();
    assertThat(only("{timeout: 1h, " + TO_A + "}").timeoutNanos()).isEqualTo(3_600_000_000_000L);
  }

  @Test
  void headerOperationsHaveNamesInLowerCase() {
    Route route =
        only(
            "{headers: {request: {set: {B: x, A: y}, add: {C: z}, remove: [D, Host]}}, route:"
                + " [{destination: {host: a}, headers: {response: {set: {E: w}}}}]}");

    assertThat(route.requestHeaders())
        .isEqualTo(
            HeaderOperations.builder()
                .set(Map.of("a", "y", "b", "x"))
                .add(Map.of("c", "z"))
                .remove(List.of("d"))
                .build());
    assertThat(route.destinations().get(0).responseHeaders().set()).containsEntry("e", "w");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rewrite: {authority: r}, headers: {request: {set: {Host: s}}}                | r
          headers: {request: {set: {Host: s}}}                                         | s
          headers: {request: {add: {host: t}, set: {':authority': s}}}                 | s
          headers: {request: {add: {host: t}}}                                         | t
          """)
  void hostInHeadersIsARewriteOfTheAuthority(String fields, String authority) {
    Resolution resolution = resolve("{" + fields + ", " + TO_A + "}");

    Route route = resolution.routeTable().routes().get(0);
    assertThat(route.rewrite()).isEqualTo(Rewrite.builder().authority(authority).build());
    assertThat(route.requestHeaders().isEmpty()).isTrue();
  }

  @Test
  void hostOfTheOnlyDestinationIsARewriteToo() {
    assertThat(
            only("{route: [{destination: {host: a}, headers: {request: {set: {Host: d}}}}]}")
                .rewrite())
        .isEqualTo(Rewrite.builder().authority("d").build());
  }

  @Test
  void rewritesOfThePath() {
    assertThat(only("{rewrite: {uri: /x}, " + TO_A + "}").rewrite())
        .isEqualTo(Rewrite.builder().uri("/x").build());
    assertThat(
            only("{rewrite: {uriRegexRewrite: {match: a, rewrite: ''}}, " + TO_A + "}").rewrite())
        .isEqualTo(Rewrite.builder().regex("a").substitution("").build());
  }

  @Test
  void redirects() {
    assertThat(only("{redirect: {uri: /x, authority: b, derivePort: FROM_REQUEST_PORT}}"))
        .extracting(Route::redirect)
        .isEqualTo(
            Redirect.builder().uri("/x").authority("b").portFromRequest(true).status(301).build());
    assertThat(only("{redirect: {scheme: https, port: 8443, redirectCode: 308}}"))
        .extracting(Route::redirect)
        .isEqualTo(Redirect.builder().scheme("https").port(8443).status(308).build());
  }

  @Test
  void directResponses() {
    assertThat(only("{directResponse: {status: 418, body: {bytes: w6Q=}}}").directResponse())
        .isEqualTo(DirectResponse.builder().status(418).body("ä").build());
  }

  @Test
  void aWeightOfZeroGetsNothing() {
    assertThat(
            only("{route: [{destination: {host: a}, weight: 3}, {destination: {host: b}, weight:"
                    + " 0}]}")
                .destinations())
        .extracting("upstream", "weight")
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("outbound|80||a.default.svc.cluster.local", 3));
  }

  private static Route only(String http) {
    List<Route> routes = resolve(http).routeTable().routes();
    assertThat(routes).hasSize(1);
    return routes.get(0);
  }

  private static Resolution resolve(String http) {
    PolicySet policies =
        PolicySet.builder()
            .documents(
                List.of(
                    document(
                        "VirtualService",
                        "default",
                        "a",
                        "{hosts: [a], http: [" + http.strip() + "]}")))
            .instances(List.of(instance("a", "default", "a1", "v1")))
            .build();
    return Resolver.resolve(policies, caller("default"), "a:80");
  }
}
