package dev.weft.policy;

import static dev.weft.policy.Fixtures.caller;
import static dev.weft.policy.Fixtures.document;
import static dev.weft.policy.Fixtures.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.ConnectionPool;
import dev.weft.model.OutlierDetection;
import dev.weft.model.Registration;
import dev.weft.model.RetryBudget;
import dev.weft.model.Route;
import dev.weft.model.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which of several documents holds, and how they are laid over each other. */
@Timeout(30)
class PrecedenceTest {

  private static final String REVIEWS = "reviews.shop.svc.cluster.local";
  private static final String TO_SUBSET =
      "{hosts: [%s], http: [{route: [{destination: {host: %s, subset: v1}}]}]}"
          .formatted(REVIEWS, REVIEWS);

  private final List<Document> documents = new ArrayList<>();
  private final List<Registration> instances =
      List.of(instance("reviews", "shop", "r1", "v1"), instance("reviews", "shop", "r2", "v2"));

  // ---- VirtualService

  @Test
  void theOldestVirtualServiceOfAHostWins() {
    old(named("shop", "b", REVIEWS, "*"), "2026-01-01T00:00:00Z");
    old(named("shop", "a", REVIEWS, "*"), "2026-01-02T00:00:00Z");

    Resolution resolution = resolve("client");

    assertThat(resolution.routeTable().source()).isEqualTo("shop/b");
    assertThat(resolution.explanation())
        .contains("VirtualService shop/a names the same host and is not asked: shop/b comes first");
  }

  @Test
  void ofEqualAgeTheNameDecidesThenTheNamespace() {
    add(named("shop", "b", REVIEWS, "*"));
    add(named("z", "a", REVIEWS, "*"));
    add(named("shop", "a", REVIEWS, "*"));

    assertThat(resolve("client").routeTable().source()).isEqualTo("shop/a");
  }

  @Test
  void anExactHostComesBeforeAWildcard() {
    old(named("shop", "wild", "*.svc.cluster.local", "*"), "2026-01-01T00:00:00Z");
    old(named("shop", "wilder", "*.local", "*"), "2025-01-01T00:00:00Z");

    assertThat(resolve("client").routeTable().source()).isEqualTo("shop/wild");

    old(named("shop", "exact", REVIEWS, "*"), "2026-02-01T00:00:00Z");
    assertThat(resolve("client").routeTable().source()).isEqualTo("shop/exact");
  }

  @Test
  void whatIsExportedToNobodyElseIsSeenAtHomeOnly() {
    add(named("shop", "private", REVIEWS, "."));

    assertThat(resolve("client").routeTable().source()).isEmpty();
    assertThat(resolve("shop").routeTable().source()).isEqualTo("shop/private");
  }

  @Test
  void aPrivateOneComesBeforeOneExportedByNameAndThatBeforeAPublicOne() {
    old(named("shop", "public", REVIEWS, "*"), "2024-01-01T00:00:00Z");
    old(named("shop", "named", REVIEWS, "client"), "2025-01-01T00:00:00Z");
    assertThat(resolve("client").routeTable().source()).isEqualTo("shop/named");
    assertThat(resolve("other").routeTable().source()).isEqualTo("shop/public");

    old(named("client", "private", REVIEWS, "."), "2026-01-01T00:00:00Z");
    assertThat(resolve("client").routeTable().source()).isEqualTo("client/private");
  }

  @Test
  void oneForGatewaysAloneIsNotForTheMesh() {
    add(
        document(
            "VirtualService",
            "shop",
            "gw",
            "{hosts: [reviews], gateways: [gw], http: [{route: [{destination: {host: reviews}}]}]}"));

    assertThat(resolve("shop").routeTable().source()).isEmpty();
  }

  @Test
  void shortNamesInARuleAreOfTheRulesNamespace() {
    add(
        document(
            "VirtualService",
            "shop",
            "short",
            "{hosts: [reviews], http: [{route: [{destination: {host: reviews}}]}]}"));

    Resolution resolution = resolve("client");

    assertThat(resolution.routeTable().source()).isEqualTo("shop/short");
    assertThat(only(resolution).service()).isEqualTo(REVIEWS);
  }

  @Test
  void aNameWithADotInARuleStaysAsItIs() {
    add(
        document(
            "VirtualService",
            "client",
            "dotted",
            "{hosts: [reviews.shop], http: [{route: [{destination: {host: reviews.shop}}]}]}"));

    assertThat(resolve("client").routeTable().source()).isEmpty();
  }

  // ---- DestinationRule

  @Test
  void theClientsRuleHidesTheProducersCompletely() {
    add(document("VirtualService", "shop", "a", TO_SUBSET));
    add(rule("shop", "producer", "subsets: [{name: v1, labels: {version: v1}}]"));
    assertThat(resolve("client").isComplete()).isTrue();

    add(rule("client", "own", "trafficPolicy: {loadBalancer: {simple: RANDOM}}"));
    assertThat(resolve("client").isComplete()).isFalse();
    assertThat(resolve("other").isComplete()).isTrue();
  }

  @Test
  void theRootNamespaceComesLast() {
    add(
        document(
            "DestinationRule",
            "istio-system",
            "mesh",
            "{host: '*.local', trafficPolicy: {loadBalancer: {simple: RANDOM}}}"));
    assertThat(only(resolve("client")).loadBalancer()).isEqualTo(Upstream.LoadBalancer.RANDOM);

    add(rule("shop", "producer", "trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}"));
    assertThat(only(resolve("client")).loadBalancer()).isEqualTo(Upstream.LoadBalancer.ROUND_ROBIN);
  }

  @Test
  void aProducersRuleHoldsWhereItIsExportedTo() {
    add(
        rule(
            "shop",
            "producer",
            "exportTo: [client]\ntrafficPolicy: {loadBalancer: {simple: RANDOM}}"));

    assertThat(only(resolve("client")).loadBalancer()).isEqualTo(Upstream.LoadBalancer.RANDOM);
    assertThat(only(resolve("other")).loadBalancer())
        .isEqualTo(Upstream.LoadBalancer.LEAST_REQUEST);
  }

  @Test
  void rulesOfOneHostMergeAndTheOlderPolicyStaysWhole() {
    old(
        rule(
            "shop",
            "first",
            "trafficPolicy: {loadBalancer: {simple: RANDOM}}\n"
                + "subsets: [{name: v1, labels: {version: v1}}]"),
        "2026-01-01T00:00:00Z");
    old(
        rule(
            "shop",
            "second",
            "trafficPolicy: {outlierDetection: {}}\n"
                + "subsets: [{name: v1, labels: {version: v2}}, {name: v2}]"),
        "2026-01-02T00:00:00Z");
    add(
        document(
            "VirtualService",
            "shop",
            "a",
            "{hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: v1},"
                + " weight: 1}, {destination: {host: reviews, subset: v2}, weight: 1}]}]}"));

    Resolution resolution = resolve("client");

    assertThat(resolution.isComplete()).isTrue();
    assertThat(resolution.upstreams())
        .allSatisfy(
            upstream -> {
              assertThat(upstream.loadBalancer()).isEqualTo(Upstream.LoadBalancer.RANDOM);
              assertThat(upstream.outlierDetection()).isNull();
            });
    assertThat(resolution.endpoints().get(0).endpoints())
        .extracting(endpoint -> endpoint.canonicalRevision())
        .containsExactly("v1");
  }

  @Test
  void rulesThatAreExportedDifferentlyDoNotMerge() {
    old(
        rule("shop", "first", "subsets: [{name: v2, labels: {version: v2}}]"),
        "2026-01-01T00:00:00Z");
    old(
        rule("shop", "second", "exportTo: [client]\nsubsets: [{name: v1, labels: {version: v1}}]"),
        "2026-01-02T00:00:00Z");
    add(document("VirtualService", "shop", "a", TO_SUBSET));

    assertThat(resolve("client").isComplete()).isFalse();
  }

  @Test
  void aRuleThatSelectsTheClientComesFirstAndAlone() {
    old(
        rule("client", "all", "trafficPolicy: {loadBalancer: {simple: RANDOM}}"),
        "2026-01-01T00:00:00Z");
    old(
        rule(
            "client",
            "some",
            "workloadSelector: {matchLabels: {app: productpage}}\n"
                + "subsets: [{name: v1, labels: {version: v1}}]"),
        "2026-01-02T00:00:00Z");
    old(
        rule(
            "client",
            "others",
            "workloadSelector: {matchLabels: {app: other}}\n"
                + "trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}"),
        "2025-01-02T00:00:00Z");

    assertThat(only(resolve("client")).loadBalancer())
        .isEqualTo(Upstream.LoadBalancer.LEAST_REQUEST);
  }

  @Test
  void blocksOfASubsetLieOverThoseOfTheDestination() {
    add(document("VirtualService", "shop", "a", TO_SUBSET));
    add(
        rule(
            "shop",
            "r",
            """
            trafficPolicy:
              loadBalancer: {simple: RANDOM}
              outlierDetection: {consecutive5xxErrors: 7}
              connectionPool: {http: {http2MaxRequests: 9, http1MaxPendingRequests: 3}}
            subsets:
            - name: v1
              labels: {version: v1}
              trafficPolicy:
                connectionPool: {tcp: {maxConnections: 2, connectTimeout: 1s}}
                retryBudget: {percent: 25.5, minRetryConcurrency: 1}
            """));

    Upstream upstream = only(resolve("client"));

    assertThat(upstream.loadBalancer()).isEqualTo(Upstream.LoadBalancer.RANDOM);
    assertThat(upstream.outlierDetection())
        .isEqualTo(OutlierDetection.builder().consecutive5xx(7).build());
    assertThat(upstream.connectionPool())
        .isEqualTo(
            ConnectionPool.builder().maxConnections(2).connectTimeoutNanos(1_000_000_000L).build());
    assertThat(upstream.retryBudget())
        .isEqualTo(RetryBudget.builder().percent(25.5).minConcurrency(1).build());
  }

  @Test
  void aSubsetsPolicyHoldsOnlyForRoutesThatNameTheSubset() {
    add(
        rule(
            "shop",
            "r",
            "subsets: [{name: v1, labels: {version: v1},"
                + " trafficPolicy: {loadBalancer: {simple: RANDOM}}}]"));

    assertThat(only(resolve("client")).loadBalancer())
        .isEqualTo(Upstream.LoadBalancer.LEAST_REQUEST);
  }

  @Test
  void settingsOfAPortReplaceTheBlocksWholesale() {
    add(
        rule(
            "shop",
            "r",
            """
            trafficPolicy:
              loadBalancer: {simple: RANDOM}
              outlierDetection: {}
              retryBudget: {}
              portLevelSettings:
              - port: {number: 80}
                connectionPool: {http: {maxRetries: 4}}
            """));

    Upstream upstream = only(resolve("client"));

    assertThat(upstream.loadBalancer()).isEqualTo(Upstream.LoadBalancer.LEAST_REQUEST);
    assertThat(upstream.outlierDetection()).isNull();
    assertThat(upstream.connectionPool()).isEqualTo(ConnectionPool.builder().maxRetries(4).build());
    assertThat(upstream.retryBudget()).isEqualTo(RetryBudget.builder().build());
  }

  @Test
  void anEmptyOutlierDetectionIsOneWithDefaults() {
    add(rule("shop", "r", "trafficPolicy: {outlierDetection: {maxEjectionPercent: 0}}"));

    assertThat(only(resolve("client")).outlierDetection())
        .isEqualTo(OutlierDetection.builder().build());
  }

  @Test
  void tlsIsAutomaticUnlessARuleSaysOtherwise() {
    assertThat(only(resolve("client")).tlsMode()).isEqualTo(Upstream.TlsMode.AUTO);

    add(
        rule(
            "shop",
            "r",
            "trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: a.b, subjectAltNames: [x]}}"));
    assertThat(only(resolve("client")).tlsMode()).isEqualTo(Upstream.TlsMode.ISTIO_MUTUAL);
    assertThat(only(resolve("client")).sni()).isEqualTo("a.b");
    assertThat(only(resolve("client")).subjectAltNames()).containsExactly("x");
  }

  @Test
  void certificatesOfARuleAreFilesOfTheAgent() {
    add(
        rule(
            "shop",
            "r",
            """
            trafficPolicy:
              tls: {mode: MUTUAL, clientCertificate: /c.pem, privateKey: /k.pem, caCertificates: /r.pem,
                sni: a.b, subjectAltNames: [x, y]}
              portLevelSettings:
              - {port: {number: 81}, tls: {mode: SIMPLE, insecureSkipVerify: true}}
            """));

    Upstream upstream = only(resolve("client"));
    assertThat(upstream.tlsMode()).isEqualTo(Upstream.TlsMode.MUTUAL);
    assertThat(upstream.clientCertificate()).isEqualTo("/c.pem");
    assertThat(upstream.privateKey()).isEqualTo("/k.pem");
    assertThat(upstream.caCertificates()).isEqualTo("/r.pem");
    assertThat(upstream.sni()).isEqualTo("a.b");
    assertThat(upstream.subjectAltNames()).containsExactly("x", "y");
    assertThat(upstream.insecureSkipVerify()).isFalse();

    Upstream ofPort = only(resolve("client", 81));
    assertThat(ofPort.tlsMode()).isEqualTo(Upstream.TlsMode.SIMPLE);
    assertThat(ofPort.clientCertificate()).isEmpty();
    assertThat(ofPort.privateKey()).isEmpty();
    assertThat(ofPort.caCertificates()).isEmpty();
    assertThat(ofPort.subjectAltNames()).isEmpty();
    assertThat(ofPort.insecureSkipVerify()).isTrue();
  }

  // ---- delegates

  @Test
  void aDelegateMakesTheRoutesOfItsRoot() {
    add(
        document(
            "VirtualService",
            "shop",
            "root",
            """
            hosts: [reviews]
            http:
            - name: root
              match: [{uri: {prefix: /api}, headers: {a: {exact: x}}}]
              delegate: {name: leaf, namespace: team}
              timeout: 3s
              retries: {attempts: 5}
            - route: [{destination: {host: reviews}}]
            """));
    add(
        document(
            "VirtualService",
            "team",
            "leaf",
            """
            http:
            - name: leaf
              match: [{uri: {prefix: /api/v1}}, {uri: {prefix: /other}}]
              route: [{destination: {host: backend}}]
              retries: {attempts: 1}
            - match: [{uri: {exact: /elsewhere}}]
              route: [{destination: {host: backend}}]
            """));

    Resolution resolution = resolve("client");

    assertThat(resolution.routeTable().routes()).hasSize(2);
    Route merged = resolution.routeTable().routes().get(0);
    assertThat(merged.name()).isEqualTo("root-leaf");
    assertThat(merged.timeoutNanos()).isEqualTo(3_000_000_000L);
    assertThat(merged.retries()).extracting("attempts").isEqualTo(1);
    assertThat(merged.matches()).hasSize(1);
    assertThat(merged.matches().get(0).uri()).hasToString("PREFIX(/api/v1)");
    assertThat(merged.matches().get(0).headers()).containsKey("a");
    assertThat(merged.destinations().get(0).upstream())
        .isEqualTo("outbound|80||backend.team.svc.cluster.local");
    assertThat(resolution.findings())
        .extracting(Finding::text)
        .contains(
            "[IST0131] VirtualService/team/leaf spec.http[1]: is left out: none of its matches fits"
                + " into a match of VirtualService shop/root");
    assertThat(resolution.sources())
        .contains("VirtualService/shop/root@1", "VirtualService/team/leaf@1");
  }

  @Test
  void aDelegateThatIsNotThereIsSaid() {
    add(
        document(
            "VirtualService",
            "shop",
            "root",
            "{hosts: [reviews], http: [{delegate: {name: nobody}},"
                + " {route: [{destination: {host: reviews}}]}]}"));

    Resolution resolution = resolve("client");

    assertThat(resolution.routeTable().routes()).hasSize(1);
    assertThat(resolution.findings())
        .extracting(Finding::text)
        .containsExactly(
            "[IST0101] VirtualService/shop/root spec.http[0].delegate: shop/nobody: there is no"
                + " such VirtualService");
  }

  // ---- helpers

  private static Document named(String namespace, String name, String host, String exportTo) {
    return document(
        "VirtualService",
        namespace,
        name,
        "{hosts: ['%s'], exportTo: ['%s'], http: [{route: [{destination: {host: %s}}]}]}"
            .formatted(host, exportTo, REVIEWS));
  }

  private static Document rule(String namespace, String name, String spec) {
    return document("DestinationRule", namespace, name, "host: " + REVIEWS + "\n" + spec);
  }

  private void old(Document document, String creationTimestamp) {
    add(document.withMetadata("creationTimestamp", creationTimestamp));
  }

  private void add(Document document) {
    assertThat(Validator.validate(document))
        .noneMatch(problem -> problem.severity() == Problem.Severity.ERROR);
    documents.add(document);
  }

  private Resolution resolve(String namespace) {
    return resolve(namespace, 80);
  }

  private Resolution resolve(String namespace, int port) {
    PolicySet policies = PolicySet.builder().documents(documents).instances(instances).build();
    return Resolver.resolve(
        policies,
        caller(namespace).toBuilder().labels(Map.of("app", "productpage")).build(),
        REVIEWS + ":" + port);
  }

  private static Upstream only(Resolution resolution) {
    assertThat(resolution.upstreams()).hasSize(1);
    return resolution.upstreams().get(0);
  }
}
