package dev.weft.engine;

import static dev.weft.engine.Arriving.apply;
import static dev.weft.engine.Arriving.comingFrom;
import static dev.weft.engine.Arriving.inbound;
import static dev.weft.engine.Arriving.paths;
import static dev.weft.engine.Arriving.policy;
import static dev.weft.engine.Arriving.to;
import static dev.weft.engine.Arriving.when;
import static dev.weft.engine.Arriving.whenNot;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.inbound.InboundCall;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationPolicy.Action;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy;
import dev.weft.model.OperationMatch;
import dev.weft.model.SourceMatch;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections whose requests nobody sees. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ConnectionTest {

  private static final AuthorizationRule WEB =
      comingFrom(SourceMatch.builder().principals(List.of("cluster.local/ns/shop/sa/web")));

  private @Nullable String peerId = Arriving.WEB;
  private final TestMesh mesh =
      new TestMesh(
          EngineSettings.DEFAULTS.connections(
              (remote, port) -> peerId == null ? null : new PeerIdentity(peerId, "ab12", "")));
  private final AtomicInteger aborts = new AtomicInteger();

  private InboundCall open() {
    return mesh.engine.openConnection(new InetSocketAddress("10.1.2.3", 40_000), Arriving.PORT);
  }

  private boolean isLetIn(AuthorizationPolicy... policies) {
    apply(mesh, inbound(policies));
    return open().reply() == null;
  }

  @Test
  void isLetInWhereNothingIsInForce() {
    assertThat(open().reply()).isNull();
    assertThat(isLetIn()).isTrue();
  }

  @Test
  void isAllowedByWhatIsKnownOfIt() {
    assertThat(isLetIn(policy(Action.ALLOW, WEB))).isTrue();
    assertThat(isLetIn(policy(Action.ALLOW, to(OperationMatch.builder().ports(List.of("8080"))))))
        .isTrue();
    assertThat(isLetIn(policy(Action.ALLOW, when("source.ip", "10.0.0.0/8")))).isTrue();
    assertThat(isLetIn(policy(Action.ALLOW, when("source.ip", "11.0.0.0/8")))).isFalse();
    peerId = null;
    assertThat(isLetIn(policy(Action.ALLOW, WEB))).isFalse();
  }

  @Test
  void isNeverAllowedByWhatIsOfARequest() {
    for (AuthorizationRule rule : ofRequests()) {
      assertThat(isLetIn(policy(Action.ALLOW, rule))).as("%s", rule).isFalse();
      assertThat(isLetIn(policy(Action.ALLOW, rule, WEB))).as("%s", rule).isTrue();
    }
  }

  @Test
  void isRefusedByWhateverItsRequestsMayBe() {
    for (AuthorizationRule rule : ofRequests()) {
      assertThat(isLetIn(policy(Action.DENY, rule))).as("%s", rule).isFalse();
    }
    AuthorizationRule elsewhere =
        AuthorizationRule.builder()
            .to(List.of(OperationMatch.builder().ports(List.of("81")).paths(List.of("/x")).build()))
            .build();
    assertThat(isLetIn(policy(Action.DENY, elsewhere))).isTrue();
  }

  private static List<AuthorizationRule> ofRequests() {
    return List.of(
        paths("*"),
        to(OperationMatch.builder().notPaths(List.of("/x"))),
        to(OperationMatch.builder().methods(List.of("GET"))),
        to(OperationMatch.builder().notMethods(List.of("GET"))),
        to(OperationMatch.builder().hosts(List.of("reviews"))),
        to(OperationMatch.builder().notHosts(List.of("reviews"))),
        comingFrom(SourceMatch.builder().requestPrincipals(List.of("*"))),
        comingFrom(SourceMatch.builder().notRequestPrincipals(List.of("*"))),
        when("request.headers[x-tenant]", "a"),
        whenNot("request.headers[x-tenant]", "a"),
        when("request.auth.claims[iss]", "a"),
        whenNot("request.auth.claims[iss]", "a"),
        whenNot("request.auth.audiences", "a"),
        whenNot("request.auth.presenter", "a"),
        whenNot("request.auth.principal", "a"));
  }

  @Test
  void isRefusedWhereAnAuthorizerWouldHaveToBeAsked() {
    apply(
        mesh,
        inbound(policy(Action.CUSTOM, paths("/a")).toBuilder().provider("authz").build())
            .externalAuthorizers(
                List.of(ExternalAuthorizer.builder().name("authz").url("http://authz").build())));
    assertThat(open().reply()).isNotNull();
  }

  @Test
  void isRefusedInPlaintextWhereItIsStrict() {
    InboundPolicy.Builder strict = inbound().mutualTls(InboundPolicy.MutualTls.STRICT);
    apply(mesh, strict);
    assertThat(open().reply()).isNull();
    peerId = null;
    assertThat(open().reply()).isNotNull();
    apply(mesh, strict.portMutualTls(Map.of(Arriving.PORT, InboundPolicy.MutualTls.PERMISSIVE)));
    assertThat(open().reply()).isNull();
  }

  @Test
  void isClosedWhenALaterPolicyDoesNotAllowIt() {
    InboundCall call = open();
    call.onRevoked(aborts::incrementAndGet);
    apply(mesh, inbound(policy(Action.ALLOW, WEB)));
    assertThat(aborts).hasValue(0);
    apply(mesh, inbound(policy(Action.ALLOW, paths("/a"))));
    assertThat(aborts).hasValue(1);
    call.close(Outcome.CANCELLED, 0);
    assertThat(mesh.engine.exchanges()).isEmpty();
  }

  @Test
  void isForgottenWhenItIsOver() {
    InboundCall call = open();
    call.onRevoked(aborts::incrementAndGet);
    call.close(Outcome.COMPLETED, 0);
    assertThat(mesh.engine.exchanges()).isEmpty();
    apply(mesh, inbound(policy(Action.DENY, WEB)));
    assertThat(aborts).hasValue(0);
  }
}
