package dev.weft.engine;

import static dev.weft.engine.Arriving.apply;
import static dev.weft.engine.Arriving.at;
import static dev.weft.engine.Arriving.comingFrom;
import static dev.weft.engine.Arriving.inbound;
import static dev.weft.engine.Arriving.paths;
import static dev.weft.engine.Arriving.policy;
import static dev.weft.engine.Arriving.status;
import static dev.weft.engine.Arriving.to;
import static dev.weft.engine.Arriving.when;
import static dev.weft.engine.Arriving.whenNot;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.engine.authorization.Finding;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.AttributeMatch;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationPolicy.Action;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.InboundPolicy;
import dev.weft.model.OperationMatch;
import dev.weft.model.Rejection;
import dev.weft.model.SourceMatch;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Istio's semantics of AuthorizationPolicy, row by row. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class AuthorizationTest {

  private static final AuthorizationRule ANY = AuthorizationRule.builder().build();

  private @Nullable String peerId;
  private final TestMesh mesh =
      new TestMesh(
          EngineSettings.DEFAULTS.connections(
              (remote, port) -> peerId == null ? null : new PeerIdentity(peerId, "ab12", "")));

  private boolean allowed(Arriving request, AuthorizationPolicy... policies) {
    assertThat(apply(mesh, inbound(policies))).isEmpty();
    return status(mesh, request) == 200;
  }

  /** Whether an ALLOW policy with this rule lets it in, which a DENY policy must then refuse. */
  private boolean matches(Arriving request, AuthorizationRule rule) {
    boolean allowed = allowed(request, policy(Action.ALLOW, rule));
    assertThat(allowed(request, policy(Action.DENY, rule))).isEqualTo(!allowed);
    return allowed;
  }

  // ---- order and combination

  @Test
  void withoutPolicyEverythingPasses() {
    assertThat(allowed(at("/"))).isTrue();
  }

  @Test
  void anAllowPolicyWithoutRulesAllowsNothing() {
    assertThat(allowed(at("/"), policy(Action.ALLOW))).isFalse();
  }

  @Test
  void anEmptyRuleMatchesEverything() {
    assertThat(matches(at("/"), ANY)).isTrue();
  }

  @Test
  void aDenyPolicyWithoutRulesNeverMatches() {
    assertThat(allowed(at("/"), policy(Action.DENY))).isTrue();
  }

  @Test
  void denyComesBeforeAllow() {
    assertThat(allowed(at("/a"), policy(Action.ALLOW, ANY), policy(Action.DENY, paths("/a"))))
        .isFalse();
    assertThat(allowed(at("/b"), policy(Action.ALLOW, ANY), policy(Action.DENY, paths("/a"))))
        .isTrue();
  }

  @Test
  void oneAllowPolicyOfSeveralIsEnough() {
    AuthorizationPolicy a = policy(Action.ALLOW, paths("/a"));
    AuthorizationPolicy b = policy(Action.ALLOW, paths("/b")).toBuilder().source("shop/b").build();
    assertThat(allowed(at("/a"), a, b)).isTrue();
    assertThat(allowed(at("/b"), a, b)).isTrue();
    assertThat(allowed(at("/c"), a, b)).isFalse();
  }

  @Test
  void rulesAndListsAreAlternativesFieldsAreNot() {
    AuthorizationRule both =
        AuthorizationRule.builder()
            .from(
                List.of(
                    SourceMatch.builder().ipBlocks(List.of("10.0.0.0/8")).build(),
                    SourceMatch.builder().ipBlocks(List.of("192.168.0.1")).build()))
            .to(
                List.of(
                    OperationMatch.builder().methods(List.of("GET")).paths(List.of("/a")).build(),
                    OperationMatch.builder().methods(List.of("POST", "PUT")).build()))
            .when(
                List.of(
                    AttributeMatch.builder()
                        .key("request.headers[x-a]")
                        .values(List.of("1", "2"))
                        .build()))
            .build();
    assertThat(matches(at("/a").with("x-a", "1"), both)).isTrue();
    assertThat(matches(at("/a").with("x-a", "2").withPeer("192.168.0.1"), both)).isTrue();
    assertThat(matches(at("/a").with("x-a", "2").withPeer("192.168.0.2"), both)).isFalse();
    assertThat(matches(at("/b").with("x-a", "1"), both)).isFalse();
    assertThat(matches(at("/b").with("x-a", "1").withMethod("PUT"), both)).isTrue();
    assertThat(matches(at("/a"), both)).isFalse();
    assertThat(matches(at("/a").with("x-a", "3"), both)).isFalse();
    // A second rule is another chance.
    assertThat(allowed(at("/zz"), policy(Action.ALLOW, both, paths("/zz")))).isTrue();
  }

  // ---- replies

  @Test
  void repliesInIstiosWords() {
    apply(mesh, inbound(policy(Action.DENY, paths("/x"), paths("/a"))));
    InboundCall call = mesh.engine.open(at("/a"));
    LocalReply reply = Arriving.reply(call);
    assertThat(reply.status()).isEqualTo(403);
    assertThat(Arriving.body(reply)).isEqualTo("RBAC: access denied");
    assertThat(Arriving.lines(reply.headers())).containsExactly("content-type: text/plain");
    call.close(Outcome.COMPLETED, 403);
    CallRecord record = mesh.taken();
    assertThat(record.details)
        .isEqualTo("rbac_access_denied_matched_policy[ns[shop]-policy[deny]-rule[1]]");
    assertThat(record.flags).isEqualTo("-");
    assertThat(record.findings.toString()).isEqualTo("[DENIED shop/deny]");
  }

  @Test
  void saysThatNoAllowPolicyMatched() {
    apply(mesh, inbound(policy(Action.ALLOW, paths("/a"))));
    assertThat(status(mesh, at("/b"))).isEqualTo(403);
    assertThat(mesh.taken().details).isEqualTo("rbac_access_denied_matched_policy[none]");
  }

  @Test
  void answersGrpcWithItsStatus() {
    apply(mesh, inbound(policy(Action.ALLOW)));
    InboundCall call =
        mesh.engine.open(
            at("/p.S/M").withMethod("POST").with("content-type", "application/grpc+proto"));
    LocalReply reply = Arriving.reply(call);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
    assertThat(Arriving.lines(reply.headers()))
        .containsExactly(
            "content-type: application/grpc",
            "grpc-status: 7",
            "grpc-message: RBAC: access denied");
  }

  // ---- attributes

  @ParameterizedTest
  @CsvSource({
    "cluster.local/ns/shop/sa/web, true",
    "cluster.local/ns/shop/*, true",
    "*/sa/web, true",
    "*, true",
    "cluster.local/ns/shop/sa/we, false",
    "cluster.local/ns/shop/sa/webb, false",
    "td/ns/shop/sa/web, false",
    "cluster.local/ns/*/sa/web, false",
    "Cluster.local/ns/shop/sa/web, false",
  })
  void comparesPrincipals(String pattern, boolean expected) {
    AuthorizationRule rule = comingFrom(SourceMatch.builder().principals(List.of(pattern)));
    AuthorizationRule not = comingFrom(SourceMatch.builder().notPrincipals(List.of(pattern)));
    peerId = Arriving.WEB;
    assertThat(matches(at("/"), rule)).isEqualTo(expected);
    assertThat(matches(at("/"), not)).isEqualTo(!expected);
    // Plaintext has no principal: nothing matches it, and every negation does.
    peerId = null;
    assertThat(matches(at("/"), rule)).isFalse();
    assertThat(matches(at("/"), not)).isTrue();
    peerId = Arriving.WEB;
    assertThat(matches(at("/"), when("source.principal", pattern))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"shop, true", "sh*, true", "*op, true", "*, true", "sho, false", "web, false"})
  void comparesNamespaces(String pattern, boolean expected) {
    peerId = Arriving.WEB;
    assertThat(matches(at("/"), comingFrom(SourceMatch.builder().namespaces(List.of(pattern)))))
        .isEqualTo(expected);
    assertThat(matches(at("/"), comingFrom(SourceMatch.builder().notNamespaces(List.of(pattern)))))
        .isEqualTo(!expected);
    assertThat(matches(at("/"), when("source.namespace", pattern))).isEqualTo(expected);
    peerId = null;
    assertThat(matches(at("/"), comingFrom(SourceMatch.builder().namespaces(List.of(pattern)))))
        .isFalse();
  }

  @Test
  void comparesServiceAccountsAndTrustDomains() {
    peerId = Arriving.WEB;
    assertThat(
            matches(
                at("/"), comingFrom(SourceMatch.builder().serviceAccounts(List.of("shop/web")))))
        .isTrue();
    assertThat(matches(at("/"), comingFrom(SourceMatch.builder().serviceAccounts(List.of("web")))))
        .isTrue();
    assertThat(
            matches(at("/"), comingFrom(SourceMatch.builder().serviceAccounts(List.of("a/web")))))
        .isFalse();
    assertThat(
            matches(at("/"), comingFrom(SourceMatch.builder().trustDomains(List.of("cluster.*")))))
        .isTrue();
    assertThat(
            matches(
                at("/"), comingFrom(SourceMatch.builder().notTrustDomains(List.of("cluster.*")))))
        .isFalse();
    assertThat(matches(at("/"), when("source.serviceAccount", "shop/web"))).isTrue();
    assertThat(matches(at("/"), when("source.trustDomain", "other"))).isFalse();
    peerId = "spiffe://cluster.local/other/form";
    assertThat(matches(at("/"), comingFrom(SourceMatch.builder().namespaces(List.of("*")))))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3, true",
    "10.0.0.0/8, 10.1.2.3, true",
    "10.1.2.0/30, 10.1.2.3, true",
    "10.1.2.0/31, 10.1.2.3, false",
    "0.0.0.0/0, 10.1.2.3, true",
    "2001:db8::/32, 2001:db8:1::5, true",
    "2001:db8::/32, 2001:db9::5, false",
    "::ffff:10.0.0.0/104, 10.1.2.3, true",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "::/0, 10.1.2.3, false",
    "10.0.0.0/8, a00::1, false",
  })
  void comparesAddresses(String block, String peer, boolean expected) {
    Arriving request = at("/").withPeer(peer);
    assertThat(matches(request, comingFrom(SourceMatch.builder().ipBlocks(List.of(block)))))
        .isEqualTo(expected);
    assertThat(matches(request, comingFrom(SourceMatch.builder().notIpBlocks(List.of(block)))))
        .isEqualTo(!expected);
    assertThat(matches(request, when("source.ip", block))).isEqualTo(expected);
  }

  @Test
  void anUnknownAddressIsRefusedByBothSides() {
    AuthorizationRule rule = comingFrom(SourceMatch.builder().ipBlocks(List.of("10.0.0.0/8")));
    AuthorizationRule not = comingFrom(SourceMatch.builder().notIpBlocks(List.of("10.0.0.0/8")));
    for (AuthorizationRule each : List.of(rule, not)) {
      assertThat(allowed(at("/").withPeer(null), policy(Action.ALLOW, each))).isFalse();
      assertThat(allowed(at("/").withPeer(null), policy(Action.DENY, each))).isFalse();
    }
    for (String key : List.of("connection.sni", "destination.ip")) {
      assertThat(allowed(at("/"), policy(Action.ALLOW, when(key, "10.0.0.1")))).isFalse();
      assertThat(allowed(at("/"), policy(Action.DENY, when(key, "10.0.0.1")))).isFalse();
      assertThat(allowed(at("/"), policy(Action.DENY, whenNot(key, "10.0.0.1")))).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, '1.1.1.1', false",
    "1, '1.1.1.1', true",
    "1, '1.1.1.1, 2.2.2.2', false",
    "2, '1.1.1.1, 2.2.2.2', true",
    "2, '9.9.9.9, 1.1.1.1, 2.2.2.2', true",
    "1, '1.1.1.1:4711', true",
    "3, '1.1.1.1', false",
  })
  void believesTrustedProxiesAndNobodyElse(int proxies, String forwarded, boolean expected) {
    AuthorizationRule rule = comingFrom(SourceMatch.builder().remoteIpBlocks(List.of("1.1.1.1")));
    apply(mesh, inbound(policy(Action.ALLOW, rule)).trustedProxies(proxies));
    assertThat(status(mesh, at("/").with("x-forwarded-for", forwarded)) == 200).isEqualTo(expected);
    // Where fewer spoke than there are proxies, the direct peer is the client.
    assertThat(status(mesh, at("/").withPeer("1.1.1.1").with("x-forwarded-for", "9.9.9.9")) == 200)
        .isEqualTo(proxies != 1);
  }

  @Test
  void whatAProxyWroteAndNobodyCanReadIsRefusedByBothSides() {
    AuthorizationRule rule = comingFrom(SourceMatch.builder().remoteIpBlocks(List.of("1.1.1.1")));
    Arriving odd = at("/").with("x-forwarded-for", "unknown");
    apply(mesh, inbound(policy(Action.ALLOW, rule)).trustedProxies(1));
    assertThat(status(mesh, odd)).isEqualTo(403);
    apply(mesh, inbound(policy(Action.DENY, rule)).trustedProxies(1));
    assertThat(status(mesh, odd)).isEqualTo(403);
  }

  @Test
  void comparesHostsInAnyCaseAndMethodsInTheirs() {
    AuthorizationRule hosts = to(OperationMatch.builder().hosts(List.of("Reviews.example", "*.x")));
    assertThat(matches(at("/").withHost("rEVIEWS.example"), hosts)).isTrue();
    assertThat(matches(at("/").withHost("a.X"), hosts)).isTrue();
    assertThat(matches(at("/").withHost("reviews.example:80"), hosts)).isFalse();
    AuthorizationRule methods = to(OperationMatch.builder().methods(List.of("GET")));
    assertThat(matches(at("/"), methods)).isTrue();
    assertThat(matches(at("/").withMethod("get"), methods)).isFalse();
    AuthorizationRule not =
        to(OperationMatch.builder().notMethods(List.of("GET")).notHosts(List.of("a")));
    assertThat(matches(at("/").withMethod("PUT"), not)).isTrue();
    assertThat(matches(at("/").withMethod("PUT").withHost("A"), not)).isFalse();
  }

  @Test
  void comparesPorts() {
    AuthorizationRule ports = to(OperationMatch.builder().ports(List.of("8080", "9090")));
    assertThat(matches(at("/"), ports)).isTrue();
    assertThat(matches(at("/").withPort(80), ports)).isFalse();
    assertThat(matches(at("/"), to(OperationMatch.builder().notPorts(List.of("8080"))))).isFalse();
    assertThat(matches(at("/"), when("destination.port", "8080"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "abc, abc, true",
    "abc, abcd, false",
    "ab*, abc, true",
    "*bc, abc, true",
    "*, abc, true",
    "a*c, abc, false",
    "a*c, a*c, true",
    "ABC, abc, false",
  })
  void comparesHeaders(String pattern, String value, boolean expected) {
    Arriving request = at("/").with("x-tenant", value);
    assertThat(matches(request, when("request.headers[X-Tenant]", pattern))).isEqualTo(expected);
    assertThat(matches(request, whenNot("request.headers[x-tenant]", pattern)))
        .isEqualTo(!expected);
  }

  @Test
  void anAbsentHeaderMatchesNoValueAndEveryNegation() {
    assertThat(matches(at("/"), when("request.headers[x-a]", "*"))).isFalse();
    assertThat(matches(at("/").with("x-a", ""), when("request.headers[x-a]", "*"))).isFalse();
    assertThat(matches(at("/"), whenNot("request.headers[x-a]", "*"))).isTrue();
    assertThat(matches(at("/"), when("request.headers[:authority]", "reviews*"))).isTrue();
  }

  // ---- paths

  @ParameterizedTest
  @CsvSource({
    "/a, /a, true",
    "/a, /a?b=c, true",
    "/a, /a/, false",
    "/a*, /ab/c, true",
    "*.js, /x/a.js, true",
    "/a/{*}, /a/b, true",
    "/a/{*}, /a/b/c, false",
    "/a/{*}, /a/, false",
    "/a/{*}/c, /a/b/c, true",
    "/a/{**}, /a/b/c, true",
    "/a/{**}, /a/, true",
    "/a/{**}, /a, false",
    "/a/{*}/{**}/z, /a/b/c/d/z, true",
    "/a.b/{*}, /axb/c, false",
    "/a%20b, /a%20b, true",
    "/.well-known/*, /.well-known/x, true",
  })
  void comparesPaths(String pattern, String path, boolean expected) {
    assertThat(matches(at(path), paths(pattern))).isEqualTo(expected);
    assertThat(matches(at(path), to(OperationMatch.builder().notPaths(List.of(pattern)))))
        .isEqualTo(!expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/admin/x",
    "/%61dmin/x",
    "/admin;v=1/x",
    "/;a/admin/x",
    "//admin/x",
    "/./admin/x",
    "/x/../admin/x",
    "/x/%2e%2e/admin/x",
    "/x/..;a=b/admin/x",
    "/admin%2Fx",
    "/%2Fadmin/x",
    "/x\\..\\admin\\x",
    "/x%5c..%5cadmin/x",
    "/%2561dmin/x",
    "/x/%252e%252e/admin/x",
    "/admin%3Bv=1/x",
    "/x/..%3B/admin/x",
    "/public/..%2fadmin/x",
    "/admin/../admin/x",
    "/admin/x/../../public/a",
    "/public/../public/a/../../admin/",
  })
  void noSpellingOfAPathGetsAroundADenial(String path) {
    assertThat(allowed(at(path), policy(Action.DENY, paths("/admin/*")))).as(path).isFalse();
    // And none is let in by a rule for something else.
    assertThat(allowed(at(path), policy(Action.ALLOW, paths("/public/*")))).as(path).isFalse();
  }

  @Test
  void looksAtThePathThatTheServerDispatchesOn() {
    AuthorizationPolicy deny = policy(Action.DENY, paths("/admin"));
    AuthorizationPolicy allow = policy(Action.ALLOW, paths("/public"));
    assertThat(allowed(at("/public").dispatchedOn("/admin"), deny)).isFalse();
    assertThat(allowed(at("/public").dispatchedOn("/admin"), allow)).isFalse();
    assertThat(allowed(at("/public").dispatchedOn("/public"), deny, allow)).isTrue();
    assertThat(allowed(at("/pub%20lic").dispatchedOn("/admin"), deny)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "/a%",
    "/a%2",
    "/a%zz",
    "/a%00b",
    "/a%0ab",
    "/a%u0061",
    "/a#b",
    "/%2525252525",
    "/a%7f"
  })
  void refusesWhatIsNoPath(String path) {
    assertThat(apply(mesh, inbound(policy(Action.DENY, paths("/zz"))))).isEmpty();
    assertThat(status(mesh, at(path))).isEqualTo(400);
    // Where no policy asks for paths, nobody minds.
    assertThat(apply(mesh, inbound(policy(Action.DENY, when("source.ip", "1.1.1.1"))))).isEmpty();
    assertThat(status(mesh, at(path))).isEqualTo(200);
  }

  @Test
  void letsAnEncodedPathThatIsMeantSoIn() {
    assertThat(allowed(at("/files/a%20b%25"), policy(Action.ALLOW, paths("/files/*")))).isTrue();
    assertThat(allowed(at("/files/a%20b"), policy(Action.ALLOW, paths("/files/a%20b")))).isTrue();
    assertThat(allowed(at("/files/a%2520b"), policy(Action.ALLOW, paths("/files/*")))).isTrue();
    assertThat(allowed(at("/files/%C3%A9"), policy(Action.ALLOW, paths("/files/{*}")))).isTrue();
  }

  @Test
  void normalisesAsThePolicySays() {
    for (InboundPolicy.PathNormalization how : InboundPolicy.PathNormalization.values()) {
      apply(mesh, inbound(policy(Action.DENY, paths("/a/b"))).pathNormalization(how));
      assertThat(status(mesh, at("/a//b"))).as("%s", how).isEqualTo(403);
      assertThat(status(mesh, at("/a%2Fb"))).as("%s", how).isEqualTo(403);
      assertThat(status(mesh, at("/a/c"))).as("%s", how).isEqualTo(200);
    }
  }

  // ---- what only tells

  @Test
  void auditAndDryRunsOnlyTell() {
    AuthorizationPolicy audit = policy(Action.AUDIT, paths("/a"));
    AuthorizationPolicy deny = policy(Action.DENY, paths("/a")).toBuilder().dryRun(true).build();
    AuthorizationPolicy allow = policy(Action.ALLOW, paths("/b")).toBuilder().dryRun(true).build();
    assertThat(allowed(at("/a"), audit, deny, allow)).isTrue();
    assertThat(mesh.taken().findings.toString())
        .isEqualTo("[AUDITED shop/audit, SHADOW_DENIED shop/deny]");
    assertThat(allowed(at("/b"), audit, deny, allow)).isTrue();
    assertThat(mesh.taken().findings.toString()).isEqualTo("[SHADOW_ALLOWED shop/allow]");
    assertThat(allowed(at("/c"), audit, deny, allow)).isTrue();
    CallRecord record = mesh.taken();
    assertThat(record.findings).hasSize(1);
    assertThat(record.findings.get(0).kind).isEqualTo(Finding.Kind.SHADOW_DENIED);
    assertThat(record.findings.get(0).policy).isEmpty();
    assertThat(record.details).isEmpty();
  }

  // ---- what is invalid, and what breaks

  @ParameterizedTest
  @CsvSource({
    "source.ip, 10.0.0.0/33",
    "source.ip, somewhere",
    "destination.port, 0",
    "request.auth.claims[], a",
    "request.header[x], a",
    "experimental.envoy.filters.a[b], c",
  })
  void aNewInvalidPolicyDeniesWhatItSelects(String key, String value) {
    List<Rejection> rejections = apply(mesh, inbound(policy(Action.ALLOW, when(key, value))));
    assertThat(rejections).hasSize(1);
    assertThat(rejections.get(0).kind()).isEqualTo("InboundPolicy");
    assertThat(rejections.get(0).source()).isEqualTo("AuthorizationPolicy/shop/allow");
    assertThat(rejections.get(0).reason()).contains("rules[0].when[0].").contains("expected: ");
    assertThat(status(mesh, at("/"))).isEqualTo(403);
    assertThat(mesh.taken().details)
        .isEqualTo("rbac_access_denied_matched_policy[ns[shop]-policy[allow]-rule[invalid]]");
    // Said again, it is refused again.
    assertThat(apply(mesh, inbound(policy(Action.ALLOW, when(key, value))))).hasSize(1);
  }

  @Test
  void anInvalidChangeKeepsTheLastGoodVersion() {
    apply(mesh, inbound(policy(Action.DENY, paths("/a"))));
    for (String bad : List.of("/b{", "/{**}/{*}", "/b/{x}", "/a*{*}", "/%zz")) {
      assertThat(apply(mesh, inbound(policy(Action.DENY, paths(bad))))).as(bad).hasSize(1);
      assertThat(status(mesh, at("/a"))).isEqualTo(403);
      assertThat(status(mesh, at("/b"))).isEqualTo(200);
    }
    assertThat(mesh.engine.view().policy().rejections).hasSize(1);
    assertThat(apply(mesh, inbound(policy(Action.DENY, paths("/b"))))).isEmpty();
    assertThat(status(mesh, at("/a"))).isEqualTo(200);
    assertThat(mesh.engine.view().policy().rejections).isEmpty();
  }

  @Test
  void anInvalidPolicyThatWouldOnlyTellIsLeftOut() {
    AuthorizationPolicy audit = policy(Action.AUDIT, when("nonsense", "a"));
    AuthorizationPolicy dry =
        policy(Action.DENY, when("nonsense", "a")).toBuilder().dryRun(true).build();
    assertThat(apply(mesh, inbound(audit, dry))).hasSize(2);
    assertThat(status(mesh, at("/"))).isEqualTo(200);
  }

  @Test
  void aFailureOfOursRefusesWherePolicyIsInForceAndNowhereElse() {
    Arriving broken = at("/");
    broken.broken = true;
    assertThat(status(mesh, broken)).isEqualTo(200);
    apply(mesh, inbound());
    assertThat(status(mesh, broken)).isEqualTo(200);
    apply(mesh, inbound(policy(Action.DENY, paths("/zz"))));
    assertThat(status(mesh, broken)).isEqualTo(403);
    Arriving failing = at("/");
    failing.failing = true;
    assertThat(status(mesh, failing)).isEqualTo(403);
  }

  // ---- transport

  @Test
  void refusesPlaintextOnAStrictPort() {
    InboundPolicy.Builder strict =
        inbound()
            .mutualTls(InboundPolicy.MutualTls.STRICT)
            .portMutualTls(Map.of(81, InboundPolicy.MutualTls.PERMISSIVE));
    apply(mesh, strict);
    InboundCall call = mesh.engine.open(at("/"));
    LocalReply reply = Arriving.reply(call);
    assertThat(reply.status()).isEqualTo(403);
    assertThat(Arriving.lines(reply.headers())).contains("connection: close");
    call.close(Outcome.COMPLETED, 403);
    CallRecord record = mesh.taken();
    assertThat(record.details).isEqualTo("peer_authentication_strict");
    assertThat(record.mutualTls).isFalse();
    assertThat(status(mesh, at("/").withPort(81))).isEqualTo(200);
    assertThat(status(mesh, at("/").withPeer(null))).isEqualTo(403);
    peerId = Arriving.WEB;
    mesh.records.clear();
    assertThat(status(mesh, at("/"))).isEqualTo(200);
    record = mesh.taken();
    assertThat(record.mutualTls).isTrue();
    assertThat(record.sourcePrincipal).isEqualTo(Arriving.WEB);
    assertThat(mesh.engine.mutualTls(81)).isEqualTo(InboundPolicy.MutualTls.PERMISSIVE);
    assertThat(mesh.engine.mutualTls(82)).isEqualTo(InboundPolicy.MutualTls.STRICT);
  }

  @Test
  void tellsTheApplicationWhoThePeerIsAndNothingThatAClientWrote() {
    TestMesh own =
        new TestMesh(
            EngineSettings.DEFAULTS
                .identity(() -> "spiffe://cluster.local/ns/shop/sa/reviews")
                .connections(
                    (remote, port) ->
                        peerId == null ? null : new PeerIdentity(peerId, "ab12", "CN=a\"b")));
    InboundRequest forged =
        at("/").with("x-request-id", "1").with("x-forwarded-client-cert", "URI=spiffe://forged");
    assertThat(Arriving.lines(own.engine.open(forged).requestHeaders()))
        .containsExactly("-x-forwarded-client-cert");
    assertThat(own.engine.open(at("/").with("x-request-id", "1")).requestHeaders().isEmpty())
        .isTrue();
    peerId = Arriving.WEB;
    assertThat(Arriving.lines(own.engine.open(forged).requestHeaders()))
        .containsExactly(
            "x-forwarded-client-cert: By=spiffe://cluster.local/ns/shop/sa/reviews;Hash=ab12;"
                + "Subject=\"CN=a\\\"b\";URI="
                + Arriving.WEB);
    // An agent that shall have no identity leaves the header to those who use it.
    assertThat(mesh.engine.open(forged).requestHeaders().isEmpty()).isTrue();
  }

  @Test
  void explainsWhatItWouldDo() {
    EngineView view = mesh.engine.view();
    Map<String, String> none = Map.of();
    assertThat(view.explainInbound("GET", "/a", none, "", 80))
        .containsExactly("let in: no inbound policy is here yet");
    apply(mesh, inbound(policy(Action.DENY, paths("/a")), policy(Action.ALLOW, ANY)));
    assertThat(view.explainInbound("GET", "/a", none, "", 80))
        .containsExactly(
            "port 80 is PERMISSIVE; the peer is plaintext",
            "DENY AuthorizationPolicy shop/deny matches with rule 0",
            "ALLOW AuthorizationPolicy shop/allow matches with rule 0",
            "answers 403: rbac_access_denied_matched_policy[ns[shop]-policy[deny]-rule[0]]");
    assertThat(view.explainInbound("GET", "/b?c", none, Arriving.WEB, 80))
        .contains(
            "port 80 is PERMISSIVE; the peer is " + Arriving.WEB,
            "DENY AuthorizationPolicy shop/deny does not match")
        .endsWith("let in");
    assertThat(mesh.records).isEmpty();
  }

  /**
   * Spells a path in random ways, decodes it as a servlet container would, and expects a denial
   * wherever that lands below the denied prefix.
   */
  @Test
  void noRandomSpellingGetsAroundADenial() {
    apply(mesh, inbound(policy(Action.DENY, paths("/admin/*")), policy(Action.ALLOW, ANY)));
    String[] pieces = {
      "/",
      "/",
      "admin",
      "public",
      "..",
      ".",
      "%2e",
      "%2E.",
      ";a=b",
      ";",
      "%2f",
      "%2F",
      "\\",
      "%5c",
      "%61dmin",
      "adm%69n",
      "%3b",
      "x",
      "a%20b",
      "%252e%252e",
      "%2561dmin"
    };
    Random random = new Random(20_241);
    int denied = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder path = new StringBuilder("/");
      for (int length = 1 + random.nextInt(9); length > 0; length--) {
        path.append(pieces[random.nextInt(pieces.length)]);
      }
      boolean below = false;
      for (boolean twice : new boolean[] {false, true}) {
        below |= container(path.toString(), twice).startsWith("/admin/");
      }
      if (below) {
        denied++;
        assertThat(status(mesh, at(path.toString()))).as("%s", path).isNotEqualTo(200);
      }
      mesh.records.clear();
    }
    assertThat(denied).isGreaterThan(5_000);
  }

  /** Parameters off, decode, backslashes, slashes, dots: written anew, as Tomcat goes about it. */
  private static String container(String path, boolean twice) {
    String plain = decoded(path.replaceAll(";[^/]*", ""));
    plain = (twice ? decoded(plain) : plain).replace('\\', '/').replaceAll("/+", "/");
    List<String> kept = new ArrayList<>();
    for (String segment : plain.split("/")) {
      if (segment.equals("..")) {
        if (!kept.isEmpty()) {
          kept.remove(kept.size() - 1);
        }
      } else if (!segment.equals(".") && !segment.isEmpty()) {
        kept.add(segment);
      }
    }
    return "/" + String.join("/", kept);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
