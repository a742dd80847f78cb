package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class SecurityAnalysisTest {

  private static final Registration REVIEWS = meshed("reviews", 8080);
  private static final Registration WEB = meshed("web", 80);
  private static final Registration PLAIN =
      Fixtures.instance("plain", "shop", "p", "v1").toBuilder()
          .ports(List.of(Port.builder().number(7000).build()))
          .build();

  private static final String NO_TOKEN =
      "WARNING RequestAuthentication/shop/b spec.jwtRules: requests without any token are accepted"
          + " by shop/reviews-v1: no AuthorizationPolicy of it asks for one (with"
          + " requestPrincipals: [\"*\"])";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          AuthorizationPolicy | shop         | {selector: {matchLabels: {app: reviews}}} |
          AuthorizationPolicy | shop         | {selector: {matchLabels: {app: nobody}}}  | spec.selector.matchLabels: {app=nobody}: no instance of namespace shop has these labels
          AuthorizationPolicy | other        | {selector: {matchLabels: {app: reviews}}} | spec.selector.matchLabels: {app=reviews}: no instance of namespace other has these labels
          AuthorizationPolicy | istio-system | {selector: {matchLabels: {app: reviews}}} |
          AuthorizationPolicy | istio-system | {selector: {matchLabels: {app: nobody}}}  | spec.selector.matchLabels: {app=nobody}: no instance of the mesh has these labels
          AuthorizationPolicy | istio-system | {}                                        |
          AuthorizationPolicy | shop         | {}                                        |
          AuthorizationPolicy | other        | {}                                        | metadata.namespace: other: no instance lives in this namespace
          PeerAuthentication  | shop         | {selector: {matchLabels: {app: nobody}}}  | spec.selector.matchLabels: {app=nobody}: no instance of namespace shop has these labels
          PeerAuthentication  | istio-system | {selector: {matchLabels: {app: reviews}}} | spec.selector.matchLabels: {app=reviews}: no instance of namespace istio-system has these labels
          PeerAuthentication  | istio-system | {mtls: {mode: STRICT}}                    |
          RequestAuthentication | other      | {jwtRules: [{issuer: "https://a"}]}       | metadata.namespace: other: no instance lives in this namespace
          """)
  void namesPoliciesThatSelectNobody(String kind, String namespace, String spec, String says) {
    assertThat(analyze(document(kind, namespace, "a", spec)))
        .isEqualTo(
            says == null
                ? List.of()
                : List.of("WARNING [IST0127] " + kind + "/" + namespace + "/a " + says));
  }

  @Test
  void namesPeerAuthenticationsThatAnOlderOneHides() {
    assertThat(
            analyze(
                document("PeerAuthentication", "shop", "a", "{mtls: {mode: STRICT}}"),
                document("PeerAuthentication", "shop", "b", "{mtls: {mode: DISABLE}}"),
                document(
                    "PeerAuthentication", "shop", "c", "{selector: {matchLabels: {app: reviews}}}"),
                document(
                    "PeerAuthentication", "shop", "d", "{selector: {matchLabels: {version: v1}}}"),
                document(
                    "PeerAuthentication", "shop", "e", "{selector: {matchLabels: {app: web}}}")))
        .containsExactly(
            "WARNING PeerAuthentication/shop/b is not asked: shop/a is older and holds for the"
                + " same",
            "WARNING PeerAuthentication/shop/d is not asked for shop/reviews-v1: shop/c is older"
                + " and selects it too",
            "WARNING PeerAuthentication/shop/e is not asked for shop/web-v1: shop/d is older and"
                + " selects it too");
  }

  @Test
  void namesPortsThatTheWorkloadDoesNotHave() {
    assertThat(
            analyze(
                document(
                    "PeerAuthentication",
                    "shop",
                    "a",
                    "{selector: {matchLabels: {app: reviews}}, portLevelMtls: {8080: {mode:"
                        + " STRICT}, 80: {mode: STRICT}}}")))
        .containsExactly(
            "WARNING PeerAuthentication/shop/a spec.portLevelMtls[80]: 80: no workload that it"
                + " selects has this port (they have: [8080])");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DISABLE      | STRICT     | DISABLE: requests to shop/reviews-v1 port 8080 fail: it takes nothing but mutual TLS of the mesh (STRICT)
          SIMPLE       | STRICT     | SIMPLE: requests to shop/reviews-v1 port 8080 fail: it takes nothing but mutual TLS of the mesh (STRICT)
          DISABLE      | PERMISSIVE |
          MUTUAL, clientCertificate: /c, privateKey: /k | STRICT |
          ISTIO_MUTUAL | STRICT     |
          ISTIO_MUTUAL | DISABLE    | ISTIO_MUTUAL: requests to shop/reviews-v1 port 8080 fail: its mode of mutual TLS is DISABLE
          """)
  void namesClientsThatSpeakAnotherLanguageThanTheirServer(
      String client, String server, String says) {
    for (String policy :
        List.of(
            "trafficPolicy: {tls: {mode: %s}}",
            "trafficPolicy: {portLevelSettings: [{port: {number: 9080}, tls: {mode: %s}}]}",
            "subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {tls: {mode: %s}}}]")) {
      List<String> found =
          analyze(
              document("PeerAuthentication", "shop", "a", "{mtls: {mode: " + server + "}}"),
              document(
                  "DestinationRule",
                  "shop",
                  "b",
                  "{host: reviews, " + policy.formatted(client) + "}"));

      if (says == null) {
        assertThat(found).isEmpty();
      } else {
        assertThat(found)
            .singleElement()
            .asString()
            .startsWith("WARNING [IST0113] DestinationRule/shop/b spec.")
            .endsWith("tls: " + says);
      }
    }
  }

  @Test
  void onlyThePortsAndLabelsOfTheRuleCount() {
    assertThat(
            analyze(
                document(
                    "PeerAuthentication",
                    "shop",
                    "a",
                    "{selector: {matchLabels: {app: reviews}}, portLevelMtls: {8080: {mode:"
                        + " STRICT}}}"),
                document(
                    "DestinationRule",
                    "shop",
                    "b",
                    "{host: web, trafficPolicy: {tls: {mode: DISABLE}}}"),
                document(
                    "DestinationRule",
                    "shop",
                    "c",
                    "{host: reviews, subsets: [{name: v1, labels: {version: v1}}]}")))
        .isEmpty();
  }

  @Test
  void namesServersWithoutIdentity() {
    assertThat(
            analyze(
                document(
                    "DestinationRule",
                    "shop",
                    "b",
                    "{host: plain, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}")))
        .containsExactly(
            "WARNING [IST0113] DestinationRule/shop/b spec.trafficPolicy.tls: ISTIO_MUTUAL:"
                + " requests to shop/plain-v1 port 7000 fail: its agent has no identity of the"
                + " mesh");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DENY  | PERMISSIVE | principals: [a]         | from[0].source.principals: does not deny callers that speak plaintext, which shop/reviews-v1 takes: its mode of mutual TLS is PERMISSIVE
          DENY  | STRICT     | principals: [a]         |
          DENY  | PERMISSIVE | notPrincipals: [a]      |
          DENY  | PERMISSIVE | ipBlocks: [10.0.0.1]    |
          ALLOW | PERMISSIVE | principals: [a]         |
          ALLOW | DISABLE    | serviceAccounts: [a]    | from[0].source.serviceAccounts: never matches at shop/reviews-v1: its mode of mutual TLS is DISABLE
          DENY  | DISABLE    | trustDomains: [a]       | from[0].source.trustDomains: never matches at shop/reviews-v1: its mode of mutual TLS is DISABLE
          """)
  void namesIdentitiesThatCallersMayNotHave(
      String action, String mode, String source, String says) {
    assertThat(
            analyze(
                document("PeerAuthentication", "shop", "a", "{mtls: {mode: " + mode + "}}"),
                document(
                    "AuthorizationPolicy",
                    "shop",
                    "b",
                    "{selector: {matchLabels: {app: reviews}}, action: "
                        + action
                        + ", rules: [{from: [{source: {"
                        + source
                        + "}}]}]}")))
        .isEqualTo(
            says == null
                ? List.of()
                : List.of("WARNING AuthorizationPolicy/shop/b spec.rules[0]." + says));
  }

  @Test
  void conditionsOnTheCallerAreIdentitiesToo() {
    assertThat(
            analyze(
                document(
                    "AuthorizationPolicy",
                    "shop",
                    "b",
                    "{selector: {matchLabels: {app: reviews}}, action: DENY, rules: [{when: [{key:"
                        + " source.principal, values: [a]}, {key: source.ip, values:"
                        + " [10.0.0.1]}]}]}")))
        .containsExactly(
            "WARNING AuthorizationPolicy/shop/b spec.rules[0].when[0].values: does not deny callers"
                + " that speak plaintext, which shop/reviews-v1 takes: its mode of mutual TLS is"
                + " PERMISSIVE");
  }

  @Test
  void namesNamespacesThatNobodyLivesIn() {
    assertThat(
            analyze(
                document(
                    "AuthorizationPolicy",
                    "shop",
                    "b",
                    "{rules: [{from: [{source: {namespaces: [shop, shp, 's*', '*x', '*']}}]}]}")))
        .containsExactly(
            "WARNING [IST0101] AuthorizationPolicy/shop/b"
                + " spec.rules[0].from[0].source.namespaces[1]: shp: no instance lives in such a"
                + " namespace",
            "WARNING [IST0101] AuthorizationPolicy/shop/b"
                + " spec.rules[0].from[0].source.namespaces[3]: *x: no instance lives in such a"
                + " namespace");
  }

  @Test
  void namesAuthorizersThatNobodyKnows() {
    Document policy =
        document(
            "AuthorizationPolicy",
            "shop",
            "b",
            "{action: CUSTOM, provider: {name: opa}, rules: [{}]}");

    assertThat(analyze(policy))
        .containsExactly(
            "ERROR [IST0101] AuthorizationPolicy/shop/b spec.provider.name: opa: no external"
                + " authorizer has this name; requests that match are denied");
    assertThat(
            Analyzer.analyze(
                set(policy)
                    .externalAuthorizers(
                        List.of(ExternalAuthorizer.builder().name("opa").url("http://o").build()))
                    .build()))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                        | false
          {rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]}                 | true
          {rules: [{when: [{key: request.auth.audiences, values: [a]}]}]}           | true
          {rules: [{when: [{key: request.auth.audiences, notValues: [a]}]}]}        | false
          {rules: [{from: [{source: {principals: ["*"]}}]}]}                        | false
          {action: DENY, rules: [{from: [{source: {notRequestPrincipals: ["*"]}}]}]} | true
          {action: DENY, rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]}   | false
          {action: DENY, rules: [{when: [{key: request.auth.principal, notValues: ["*"]}]}]} | true
          {action: AUDIT, rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]}  | false
          {selector: {matchLabels: {app: web}}, rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]} | false
          """)
  void saysWhereRequestsWithoutTokenAreAccepted(String authorization, boolean asksForToken) {
    assertThat(
            analyze(
                document("AuthorizationPolicy", "shop", "a", authorization),
                document(
                    "RequestAuthentication",
                    "shop",
                    "b",
                    "{selector: {matchLabels: {app: reviews}}, jwtRules: [{issuer:"
                        + " 'https://a'}]}")))
        .filteredOn(text -> text.contains("RequestAuthentication"))
        .isEqualTo(asksForToken ? List.of() : List.of(NO_TOKEN));
  }

  // ---- helpers

  private static Registration meshed(String service, int port) {
    return Fixtures.instance(service, "shop", service, "v1").toBuilder()
        .labels(Map.of("app", service, "version", "v1", "security.istio.io/tlsMode", "istio"))
        .ports(List.of(Port.builder().number(port).build()))
        .build();
  }

  private static Document document(String kind, String namespace, String name, String spec) {
    return Fixtures.document(kind, namespace, name, spec)
        .withMetadata("creationTimestamp", "2026-01-01T00:00:0" + (name.charAt(0) - 'a') + "Z");
  }

  private static PolicySet.Builder set(Document... documents) {
    return PolicySet.builder()
        .documents(List.of(documents))
        .instances(List.of(REVIEWS, WEB, PLAIN));
  }

  private static List<String> analyze(Document... documents) {
    List<String> found = new ArrayList<>();
    for (Finding finding : Analyzer.analyze(set(documents).build())) {
      found.add(finding.toString());
    }
    return found;
  }
}
