package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.model.JwtHeader;
import dev.weft.model.JwtRule;
import dev.weft.model.Registration;
import dev.weft.model.SourceMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class InboundResolverTest {

  private static final Registration REVIEWS = Fixtures.instance("reviews", "shop", "r", "v1");

  // ---- PeerAuthentication

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing said             |                                                                    | PERMISSIVE
          mesh                     | istio-system/m: STRICT                                             | STRICT
          mesh unset               | istio-system/m: UNSET                                              | PERMISSIVE
          namespace over mesh      | istio-system/m: STRICT; shop/n: DISABLE                            | DISABLE
          namespace unset inherits | istio-system/m: STRICT; shop/n: UNSET                              | STRICT
          namespace silent inherits| istio-system/m: STRICT; shop/n:                                    | STRICT
          other namespace          | other/n: STRICT                                                    | PERMISSIVE
          workload over namespace  | shop/n: DISABLE; shop/w[app=reviews]: STRICT                       | STRICT
          workload unset inherits  | shop/n: DISABLE; shop/w[app=reviews]: UNSET                        | DISABLE
          inherits from the mesh   | istio-system/m: STRICT; shop/n: UNSET; shop/w[app=reviews]: UNSET  | STRICT
          other labels             | shop/w[app=ratings]: STRICT                                        | PERMISSIVE
          all labels are asked for | shop/w[app=reviews,version=v2]: STRICT                             | PERMISSIVE
          root selector stays home | istio-system/w[app=reviews]: STRICT                                | PERMISSIVE
          oldest of a namespace    | shop/b: STRICT; shop/a: DISABLE                                    | STRICT
          oldest of a workload     | shop/b[app=reviews]: STRICT; shop/a[version=v1]: DISABLE           | STRICT
          oldest of the mesh       | istio-system/b: STRICT; istio-system/a: DISABLE                    | STRICT
          an older one that is unset hides a younger one | shop/b: UNSET; shop/a: STRICT                | PERMISSIVE
          """)
  void theNearestPeerAuthenticationHolds(String what, String policies, MutualTls expected) {
    assertThat(inbound(peers(policies)).mutualTls()).isEqualTo(expected);
  }

  @Test
  void aSelectorInTheRootNamespaceSelectsWorkloadsThere() {
    Registration ingress = Fixtures.instance("ingress", "istio-system", "i", "v1");
    PolicySet policies =
        set(peers("istio-system/m: DISABLE; istio-system/w[app=ingress]: STRICT")).build();

    assertThat(InboundResolver.resolve(policies, ingress).policy().mutualTls())
        .isEqualTo(MutualTls.STRICT);
  }

  @Test
  void ofEqualAgeTheNameDecides() {
    List<Document> documents = new ArrayList<>();
    for (String name : List.of("b", "a")) {
      documents.add(
          Fixtures.document(
              "PeerAuthentication",
              "shop",
              name,
              "{mtls: {mode: " + (name.equals("a") ? "STRICT" : "DISABLE") + "}}"));
    }

    assertThat(inbound(documents).mutualTls()).isEqualTo(MutualTls.STRICT);
  }

  @Test
  void portsHaveTheirOwnModeAndUnsetIsThatOfTheWorkload() {
    Document policy =
        Fixtures.document(
            "PeerAuthentication",
            "shop",
            "w",
            """
            {selector: {matchLabels: {app: reviews}}, mtls: {mode: STRICT},
             portLevelMtls: {8080: {mode: DISABLE}, "8081": {mode: UNSET}, 8082: {}}}
            """);

    assertThat(inbound(List.of(policy)).portMutualTls())
        .isEqualTo(Map.of(8080, MutualTls.DISABLE, 8081, MutualTls.STRICT, 8082, MutualTls.STRICT));
  }

  @Test
  void severalOnOneLevelAreSaid() {
    InboundResolution resolution = resolve(peers("shop/b: STRICT; shop/a: DISABLE"));

    assertThat(resolution.findings())
        .extracting(Finding::toString)
        .containsExactly(
            "WARNING PeerAuthentication/shop/a is not asked for shop/reviews: shop/b is"
                + " older and says what holds there");
    assertThat(resolution.sources()).containsExactly("PeerAuthentication/shop/b@1");
    assertThat(resolution.explanation())
        .contains("mutual TLS is STRICT: PeerAuthentication shop/b");
  }

  // ---- AuthorizationPolicy

  @Test
  void allPoliciesThatSelectItAreUnitedInAStableOrder() {
    List<Document> documents = new ArrayList<>();
    documents.add(authorization("shop", "w", "{selector: {matchLabels: {app: reviews}}}"));
    documents.add(authorization("shop", "other", "{selector: {matchLabels: {app: ratings}}}"));
    documents.add(authorization("shop", "n", "{}"));
    documents.add(authorization("elsewhere", "n", "{}"));
    documents.add(authorization("istio-system", "m", "{}"));
    documents.add(authorization("istio-system", "w", "{selector: {matchLabels: {version: v1}}}"));

    assertThat(inbound(documents).authorizationPolicies())
        .extracting(AuthorizationPolicy::source)
        .containsExactly("istio-system/w", "istio-system/m", "shop/w", "shop/n");
  }

  @Test
  void withoutPolicyEverythingIsAllowedAndThatIsSaid() {
    InboundResolution resolution = resolve(List.of());

    assertThat(resolution.policy())
        .isEqualTo(InboundPolicy.builder().trustDomain("cluster.local").build());
    assertThat(resolution.explanation())
        .containsExactly(
            "mutual TLS is PERMISSIVE: no PeerAuthentication says otherwise",
            "no AuthorizationPolicy selects it: every request is allowed");
    assertThat(resolution.findings()).isEmpty();
    assertThat(resolution.sources()).isEmpty();
  }

  @Test
  void whatAnAgentNeedNotKnowIsWrittenOut() {
    Document policy =
        authorization(
            "shop",
            "a",
            """
            {action: DENY, rules: [{from: [{source: {serviceAccounts: [web, ops/admin], notServiceAccounts: [x]}},
              {source: {principals: [old/ns/a/sa/b], notPrincipals: ["cluster.local/ns/a/sa/c", "*/ns/a/sa/d"], namespaces: [a, "b-*"], trustDomains: [new], notTrustDomains: [alien]}}],
             when: [{key: source.serviceAccount, values: [web]}, {key: source.principal, notValues: [new/ns/a/sa/b]},
               {key: source.trustDomain, values: [old]}, {key: source.namespace, values: [web]}]}]}
            """);
    PolicySet policies =
        set(List.of(policy)).trustDomain("new").trustDomainAliases(List.of("old")).build();

    InboundPolicy inbound = InboundResolver.resolve(policies, REVIEWS).policy();

    assertThat(inbound.trustDomain()).isEqualTo("new");
    assertThat(inbound.trustDomainAliases()).containsExactly("old");
    AuthorizationRule rule = inbound.authorizationPolicies().get(0).rules().get(0);
    assertThat(rule.from())
        .containsExactly(
            SourceMatch.builder()
                .serviceAccounts(List.of("shop/web", "ops/admin"))
                .notServiceAccounts(List.of("shop/x"))
                .build(),
            SourceMatch.builder()
                .principals(List.of("new/ns/a/sa/b", "old/ns/a/sa/b"))
                .notPrincipals(List.of("new/ns/a/sa/c", "old/ns/a/sa/c", "*/ns/a/sa/d"))
                .namespaces(List.of("a", "b-*"))
                .trustDomains(List.of("new", "old"))
                .notTrustDomains(List.of("alien"))
                .build());
    assertThat(rule.when())
        .extracting(when -> when.key() + " " + when.values() + " " + when.notValues())
        .containsExactly(
            "source.serviceAccount [shop/web] []",
            "source.principal [] [new/ns/a/sa/b, old/ns/a/sa/b]",
            "source.trustDomain [new, old] []",
            "source.namespace [web] []");
  }

  @Test
  void operationsAndAddressesStayAsTheyAreWritten() {
    Document policy =
        authorization(
            "shop",
            "a",
            """
            {rules: [{from: [{source: {ipBlocks: [10.0.0.0/8], notIpBlocks: [10.1.1.1], remoteIpBlocks: ["::1"], notRemoteIpBlocks: ["fe80::/10"], requestPrincipals: ["*"], notRequestPrincipals: [i/s]}}],
              to: [{operation: {hosts: [a.org], notHosts: [b.org], ports: ["80"], notPorts: ["81"], methods: [GET], notMethods: [PUT], paths: [/a*], notPaths: ["/{*}/b"]}}],
              when: [{key: "request.headers[x]", values: [a], notValues: [b]}]}]}
            """);

    AuthorizationRule rule = inbound(List.of(policy)).authorizationPolicies().get(0).rules().get(0);

    assertThat(rule.toString())
        .contains(
            "requestPrincipals=[*]",
            "notRequestPrincipals=[i/s]",
            "ipBlocks=[10.0.0.0/8]",
            "notIpBlocks=[10.1.1.1]",
            "remoteIpBlocks=[::1]",
            "notRemoteIpBlocks=[fe80::/10]",
            "hosts=[a.org]",
            "notHosts=[b.org]",
            "ports=[80]",
            "notPorts=[81]",
            "methods=[GET]",
            "notMethods=[PUT]",
            "paths=[/a*]",
            "notPaths=[/{*}/b]",
            "key=request.headers[x]",
            "values=[a]",
            "notValues=[b]");
  }

  @ParameterizedTest
  @CsvSource({"'true',true", "'1',true", "'T',true", "'false',false", "'yes',false"})
  void aDryRunIsAnAnnotation(String value, boolean dryRun) {
    Document policy =
        authorization("shop", "a", "{action: DENY, rules: [{}]}")
            .withMetadata("annotations", Map.of("istio.io/dry-run", value));

    assertThat(inbound(List.of(policy)).authorizationPolicies())
        .extracting(AuthorizationPolicy::dryRun, AuthorizationPolicy::action)
        .containsExactly(tuple(dryRun, AuthorizationPolicy.Action.DENY));
  }

  @Test
  void aPolicyThatIsNotValidDeniesWhatItSelects() {
    Document broken =
        authorization("shop", "a", "{action: ALOW, selector: {matchLabels: {app: reviews}}}");

    InboundResolution resolution = resolve(List.of(broken));

    assertThat(resolution.policy().authorizationPolicies())
        .containsExactly(
            AuthorizationPolicy.builder()
                .source("shop/a")
                .action(AuthorizationPolicy.Action.DENY)
                .rules(List.of(AuthorizationRule.builder().build()))
                .build());
    assertThat(resolution.findings())
        .singleElement()
        .asString()
        .startsWith(
            "ERROR [IST0106] AuthorizationPolicy/shop/a is not valid, so every request that it"
                + " selects is denied: spec.action: ALOW");
    assertThat(
            InboundResolver.resolve(
                    set(List.of(broken)).build(), Fixtures.instance("ratings", "shop", "x", "v1"))
                .policy()
                .authorizationPolicies())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          AuthorizationPolicy   | {selector: {matchLabels: {app: [x]}}}   | DENY | PERMISSIVE
          AuthorizationPolicy   | {selector: {matchlabels: {app: x}}}     | DENY | PERMISSIVE
          AuthorizationPolicy   | {selector: x}                           | DENY | PERMISSIVE
          AuthorizationPolicy   | {targetRefs: [{kind: Gateway, name: g}]}| DENY | PERMISSIVE
          RequestAuthentication | {jwtRules: [{audiences: [a]}]}          | DENY | PERMISSIVE
          PeerAuthentication    | {mtls: {mode: STRIKT}}                  |      | STRICT
          """)
  void whatCannotBeReadProtectsMoreAndNotLess(
      String kind, String spec, String action, MutualTls mode) {
    InboundPolicy policy = inbound(List.of(Fixtures.document(kind, "shop", "a", spec)));

    assertThat(policy.authorizationPolicies())
        .extracting(each -> each.action().name())
        .isEqualTo(action == null ? List.of() : List.of(action));
    assertThat(policy.mutualTls()).isEqualTo(mode);
  }

  @Test
  void customPoliciesBringTheAuthorizersThatTheyName() {
    ExternalAuthorizer opa = ExternalAuthorizer.builder().name("opa").url("http://opa:1").build();
    ExternalAuthorizer other =
        ExternalAuthorizer.builder().name("other").url("http://other:1").build();
    PolicySet policies =
        set(List.of(
                authorization("shop", "a", "{action: CUSTOM, provider: {name: opa}, rules: [{}]}"),
                authorization("shop", "b", "{action: CUSTOM, provider: {name: opa}, rules: [{}]}")))
            .externalAuthorizers(List.of(opa, other))
            .build();

    InboundResolution resolution = InboundResolver.resolve(policies, REVIEWS);

    assertThat(resolution.policy().externalAuthorizers()).containsExactly(opa);
    assertThat(resolution.findings()).isEmpty();
  }

  @Test
  void anUnknownAuthorizerIsSaidAndItsPolicyStays() {
    InboundResolution resolution =
        resolve(
            List.of(
                authorization(
                    "shop", "a", "{action: CUSTOM, provider: {name: opa}, rules: [{}]}")));

    assertThat(resolution.policy().externalAuthorizers()).isEmpty();
    assertThat(resolution.policy().authorizationPolicies())
        .extracting(AuthorizationPolicy::provider)
        .containsExactly("opa");
    assertThat(resolution.findings())
        .extracting(Finding::toString)
        .containsExactly(
            "ERROR [IST0101] AuthorizationPolicy/shop/a spec.provider.name: opa: no external"
                + " authorizer has this name; requests that match are denied (known are: )");
  }

  // ---- RequestAuthentication

  @Test
  void jwtRulesOfAllThatSelectItArePooled() {
    List<Document> documents =
        List.of(
            request("istio-system", "m", "{jwtRules: [{issuer: https://m, jwksUri: https://m/k}]}"),
            request("shop", "n", "{jwtRules: [{issuer: https://n/}, {issuer: n2, jwks: '%s'}]}"),
            request(
                "shop",
                "w",
                "{selector: {matchLabels: {app: ratings}}, jwtRules: [{issuer: https://w}]}"));

    assertThat(inbound(documents).jwtRules())
        .extracting(JwtRule::source, JwtRule::issuer, JwtRule::jwksUri)
        .containsExactly(
            tuple("shop/n", "https://n/", "https://n/.well-known/openid-configuration"),
            tuple("shop/n", "n2", ""),
            tuple("istio-system/m", "https://m", "https://m/k"));
    assertThat(set(documents).build().jwksUris())
        .containsExactly(
            "https://m/k",
            "https://n/.well-known/openid-configuration",
            "https://w/.well-known/openid-configuration");
  }

  @Test
  void keysComeFromWhoFetchedThemAndTheirLackIsSaid() {
    PolicySet without =
        set(List.of(request("shop", "a", "{jwtRules: [{issuer: i, jwksUri: https://i/k}]}")))
            .build();

    InboundResolution before = InboundResolver.resolve(without, REVIEWS);
    InboundResolution after =
        InboundResolver.resolve(without.withJwks(Map.of("https://i/k", "{keys}")), REVIEWS);

    assertThat(before.policy().jwtRules()).extracting(JwtRule::jwks).containsExactly("");
    assertThat(before.findings())
        .extracting(Finding::toString)
        .containsExactly(
            "WARNING RequestAuthentication/shop/a spec.jwtRules: the keys of https://i/k are not"
                + " there: no token is valid");
    assertThat(after.policy().jwtRules()).extracting(JwtRule::jwks).containsExactly("{keys}");
    assertThat(after.findings()).isEmpty();
  }

  @Test
  void aJwtRuleIsTakenWhole() {
    Document document =
        request(
            "shop",
            "a",
            """
            {jwtRules: [{issuer: i, audiences: [x, y], jwks: '{"keys": [{"kty": "RSA"}]}', forwardOriginalToken: true,
              fromHeaders: [{name: X-Token, prefix: "Token "}, {name: Y}], fromParams: [p], fromCookies: [c],
              outputPayloadToHeader: x-payload, outputClaimToHeaders: [{header: x-sub, claim: sub}, {header: x-a, claim: a.b}], spaceDelimitedClaims: [roles]}]}
            """);

    assertThat(inbound(List.of(document)).jwtRules())
        .containsExactly(
            JwtRule.builder()
                .source("shop/a")
                .issuer("i")
                .audiences(List.of("x", "y"))
                .jwks("{\"keys\": [{\"kty\": \"RSA\"}]}")
                .fromHeaders(
                    List.of(
                        JwtHeader.builder().name("X-Token").prefix("Token ").build(),
                        JwtHeader.builder().name("Y").prefix("").build()))
                .fromParams(List.of("p"))
                .fromCookies(List.of("c"))
                .forwardOriginalToken(true)
                .outputPayloadToHeader("x-payload")
                .outputClaimToHeaders(Map.of("x-sub", "sub", "x-a", "a.b"))
                .spaceDelimitedClaims(List.of("roles"))
                .build());
  }

  @Test
  void settingsOfTheMeshReachTheWorkload() {
    PolicySet policies =
        set(List.of())
            .trustDomain("corp")
            .trustDomainAliases(List.of("old"))
            .pathNormalization(InboundPolicy.PathNormalization.MERGE_SLASHES)
            .trustedProxies(2)
            .build();

    for (PolicySet same :
        List.of(
            policies,
            policies.withDocuments(List.of()),
            policies.withInstances(List.of()),
            policies.withJwks(Map.of()))) {
      assertThat(InboundResolver.resolve(same, REVIEWS).policy())
          .isEqualTo(
              InboundPolicy.builder()
                  .trustDomain("corp")
                  .trustDomainAliases(Set.of("old"))
                  .pathNormalization(InboundPolicy.PathNormalization.MERGE_SLASHES)
                  .trustedProxies(2)
                  .build());
    }
  }

  // ---- helpers

  /** {@code namespace/name[key=value,...]: MODE; ...}, older ones first. */
  static List<Document> peers(String text) {
    List<Document> documents = new ArrayList<>();
    if (text == null) {
      return documents;
    }
    for (String policy : text.split(";")) {
      String[] parts = policy.trim().split(":", -1);
      String name = parts[0].replaceFirst("\\[.*", "");
      String labels = parts[0].contains("[") ? parts[0].replaceFirst(".*\\[(.*)]", "$1") : "";
      String mode = parts[1].trim();
      String spec =
          (labels.isEmpty() ? "" : "selector: {matchLabels: {" + labels.replace("=", ": ") + "}}, ")
              + (mode.isEmpty() ? "" : "mtls: {mode: " + mode + "}");
      documents.add(
          Fixtures.document(
                  "PeerAuthentication",
                  name.substring(0, name.indexOf('/')),
                  name.substring(name.indexOf('/') + 1),
                  "{" + spec + "}")
              .withMetadata(
                  "creationTimestamp", "2026-01-01T00:00:" + (10 + documents.size()) + "Z"));
    }
    return documents;
  }

  private static Document authorization(String namespace, String name, String spec) {
    return Fixtures.document("AuthorizationPolicy", namespace, name, spec)
        .withMetadata("creationTimestamp", "2026-01-01T00:00:0" + age(name) + "Z");
  }

  /** Policies of a workload are older than those of a namespace, here. */
  private static int age(String name) {
    return name.equals("w") ? 1 : 2;
  }

  private static Document request(String namespace, String name, String spec) {
    return Fixtures.document(
        "RequestAuthentication",
        namespace,
        name,
        spec.replace("%s", "{\"keys\": [{\"kty\": \"RSA\"}]}"));
  }

  private static PolicySet.Builder set(List<Document> documents) {
    return PolicySet.builder().documents(documents).instances(List.of(REVIEWS));
  }

  private static InboundResolution resolve(List<Document> documents) {
    return InboundResolver.resolve(set(documents).build(), REVIEWS);
  }

  private static InboundPolicy inbound(List<Document> documents) {
    return resolve(documents).policy();
  }
}
