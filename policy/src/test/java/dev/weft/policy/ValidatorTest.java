package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

@Timeout(30)
class ValidatorTest {

  /** One rule with a document that breaks it and one that keeps it. */
  record Case(Document bad, List<String> says, Document good) {}

  @ParameterizedTest
  @MethodSource("cases")
  void namesWhatBreaksARule(Case rule) {
    assertThat(problems(rule.bad)).containsExactlyInAnyOrderElementsOf(rule.says);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void saysNothingWhereARuleIsKept(Case rule) {
    assertThat(problems(rule.good)).isEmpty();
  }

  @Test
  void namesAllProblemsAtOnce() {
    Document document =
        Fixtures.document(
            "VirtualService",
            "default",
            "x",
            """
            {hosts: [a], http: [{retires: {attempts: 1}, retries: {attempts: -1},
              timeout: 5, route: [{destination: {host: a}, weight: "x"}]}]}
            """);

    assertThat(problems(document))
        .containsExactlyInAnyOrder(
            "ERROR spec.http[0].retires: unknown field (did you mean retries?)",
            "ERROR spec.http[0].retries.attempts: -1 (expected: an integer >= 0)",
            "ERROR spec.http[0].timeout: 5 (expected: a duration such as 1.5s, 100ms, 1m or 1h)",
            "ERROR spec.http[0].route[0].weight: x (expected: an integer >= 0)");
    assertThat(Validator.isRefused(Validator.validate(document))).isTrue();
  }

  @Test
  void aRegexHasAtMost1024Characters() {
    String route = "{match: [{uri: {regex: %s}}], route: [{destination: {host: a}}]}";

    assertThat(problems(http(route.formatted("a".repeat(1024))))).isEmpty();
    assertThat(problems(http(route.formatted("a".repeat(1025)))))
        .singleElement()
        .asString()
        .endsWith("(expected: at most 1024 characters, has 1025)");
  }

  @ParameterizedTest
  @CsvSource({"102400,", "102401,WARNING", "1048576,WARNING", "1048577,ERROR"})
  void aBodyHasAtMostOneMegabyte(int size, String severity) {
    Document document =
        http("{directResponse: {status: 200, body: {string: " + "a".repeat(size) + "}}}");

    if (severity == null) {
      assertThat(problems(document)).isEmpty();
    } else {
      assertThat(problems(document)).singleElement().asString().startsWith(severity);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                               | ERROR apiVersion: missing
          {apiVersion: networking.istio.io/v1, metadata: {name: a}} | ERROR kind: missing
          {apiVersion: networking.istio.io/v1, kind: VirtualServce, metadata: {name: a}} | ERROR kind: unknown kind VirtualServce of networking.istio.io/v1 (did you mean VirtualService?)
          {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}} | ERROR kind: unknown kind Deployment of apps/v1 (supported: DestinationRule, ServiceEntry, VirtualService, WorkloadEntry, AuthorizationPolicy, PeerAuthentication, RequestAuthentication)
          {apiVersion: networking/v1, kind: VirtualService, metadata: {name: a}} | ERROR apiVersion: networking/v1 (expected: networking.istio.io/v1)
          {apiVersion: networking.istio.io/v2, kind: WorkloadEntry, metadata: {name: a}, spec: {address: 10.0.0.1}} | ERROR apiVersion: networking.istio.io/v2 (expected: networking.istio.io/ with one of v1, v1beta1, v1alpha3)
          {apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: a}, spec: {}} | ERROR kind: Gateway is a kind of Istio that this version does not support yet (supported: DestinationRule, ServiceEntry, VirtualService, WorkloadEntry, AuthorizationPolicy, PeerAuthentication, RequestAuthentication)
          {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a}} | ERROR spec: missing (expected: the WorkloadEntry itself)
          {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a}, spec: 1} | ERROR spec: 1 (expected: a mapping
          {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a}, spec: {address: 10.0.0.1}, data: 1} | ERROR data: unknown field
          {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, spec: {address: 10.0.0.1}} | ERROR metadata.name: missing
          {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: A_b}, spec: {address: 10.0.0.1}} | ERROR metadata.name: A_b (expected
          {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a, namespace: b.c}, spec: {address: 10.0.0.1}} | ERROR metadata.namespace: b.c (expected
          {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a, labels: {v: 1}}, spec: {address: 10.0.0.1}} | ERROR metadata.labels[v]: 1 (expected: a string: put it in quotes
          {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a, labels: {v: "a b"}}, spec: {address: 10.0.0.1}} | ERROR metadata.labels[v]: a b (expected
          {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a, annotations: [1]}, spec: {address: 10.0.0.1}} | ERROR metadata.annotations: a list (expected: a mapping)
          """)
  void namesWhatIsWrongWithTheEnvelope(String yaml, String problem) {
    assertThat(problems(Fixtures.documents(yaml).get(0)))
        .anySatisfy(text -> assertThat(text).startsWith(problem));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1beta1", "v1alpha3"})
  void allVersionsOfIstioAreTaken(String version) {
    assertThat(
            problems(
                Fixtures.documents(
                        "{apiVersion: networking.istio.io/"
                            + version
                            + ", kind: WorkloadEntry, metadata: {name: a}, spec: {address: 10.0.0.1}}")
                    .get(0)))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'true',", "'false',", "'1',", "'yes',WARNING", "'',WARNING"})
  void aDryRunIsTrueOrFalse(String value, String severity) {
    Document document =
        Fixtures.document("AuthorizationPolicy", "default", "x", "{}")
            .withMetadata("annotations", Map.of("istio.io/dry-run", value));

    if (severity == null) {
      assertThat(problems(document)).isEmpty();
    } else {
      assertThat(problems(document))
          .singleElement()
          .asString()
          .startsWith("WARNING metadata.annotations[istio.io/dry-run]: ")
          .endsWith("(expected: true or false); the policy is followed");
    }
  }

  @Test
  void everyKindKnowsItsPlural() {
    assertThat(Kind.all())
        .extracting(Kind::plural)
        .contains(
            "virtualservices",
            "destinationrules",
            "serviceentries",
            "workloadentries",
            "gateways",
            "authorizationpolicies",
            "telemetries");
    assertThat(Kind.all())
        .filteredOn(Kind::supported)
        .extracting(Kind::name)
        .containsExactlyInAnyOrder(
            "VirtualService",
            "DestinationRule",
            "ServiceEntry",
            "WorkloadEntry",
            "AuthorizationPolicy",
            "PeerAuthentication",
            "RequestAuthentication");
  }

  static Stream<Named<Case>> cases() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ValidatorTest.class.getResourceAsStream("validation-cases.yaml"))) {
      List<?> cases = (List<?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
      return cases.stream().map(item -> (Map<?, ?>) item).map(ValidatorTest::read);
    }
  }

  private static Named<Case> read(Map<?, ?> item) {
    Object says = item.get("says");
    List<String> expected =
        says instanceof List<?> many
            ? many.stream().map(Object::toString).toList()
            : List.of(String.valueOf(says));
    return Named.of(
        String.valueOf(item.get("rule")),
        new Case(document(item, "bad"), expected, document(item, "good")));
  }

  private static Document document(Map<?, ?> item, String which) {
    Object spec = item.get(which);
    if (item.containsKey("http")) {
      Map<Object, Object> route = new LinkedHashMap<>((Map<?, ?>) Objects.requireNonNull(spec));
      if (Stream.of("redirect", "directResponse", "delegate").noneMatch(route::containsKey)) {
        route.putIfAbsent("route", List.of(Map.of("destination", Map.of("host", "a"))));
      }
      spec = Map.of("hosts", List.of("a"), "http", List.of(route));
    }
    Object kind = item.containsKey("http") ? "VirtualService" : item.get("kind");
    return Document.of(
        Map.of(
            "apiVersion",
            Fixtures.apiVersion(String.valueOf(kind)),
            "kind",
            Objects.requireNonNull(kind),
            "metadata",
            Map.of("name", "x", "namespace", "default"),
            "spec",
            Objects.requireNonNull(spec)));
  }

  private static Document http(String route) {
    return Fixtures.document(
        "VirtualService", "default", "x", "{hosts: [a], http: [" + route + "]}");
  }

  private static List<String> problems(Document document) {
    return Validator.validate(document).stream()
        .map(problem -> problem.severity() + " " + problem.text())
        .toList();
  }
}
