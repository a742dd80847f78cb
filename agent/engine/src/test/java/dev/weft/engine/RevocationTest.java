package dev.weft.engine;

import static dev.weft.engine.Arriving.apply;
import static dev.weft.engine.Arriving.at;
import static dev.weft.engine.Arriving.comingFrom;
import static dev.weft.engine.Arriving.inbound;
import static dev.weft.engine.Arriving.paths;
import static dev.weft.engine.Arriving.policy;
import static dev.weft.engine.Arriving.when;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.inbound.InboundCall;
import dev.weft.model.AuthorizationPolicy.Action;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy;
import dev.weft.model.SourceMatch;
import dev.weft.outbound.Outcome;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a policy does to exchanges that it finds open. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class RevocationTest {

  private @Nullable String peerId;
  private final TestMesh mesh =
      new TestMesh(
          EngineSettings.DEFAULTS.connections(
              (remote, port) -> peerId == null ? null : new PeerIdentity(peerId, "ab12", "")));
  private final AtomicInteger aborts = new AtomicInteger();

  private InboundCall open(Arriving request) {
    InboundCall call = mesh.engine.open(request);
    assertThat(call.reply()).isNull();
    call.onRevoked(aborts::incrementAndGet);
    return call;
  }

  @Test
  void endsWhatIsNoLongerAllowedAndNothingElse() {
    InboundCall refused = open(at("/a?b"));
    InboundCall allowed = open(at("/b"));
    apply(mesh, inbound(policy(Action.DENY, paths("/a"))));
    assertThat(aborts).hasValue(1);
    apply(mesh, inbound(policy(Action.DENY, paths("/a*"))));
    assertThat(aborts).as("at most once").hasValue(1);
    refused.close(Outcome.FAILED, 200);
    assertThat(mesh.taken().findings.toString()).isEqualTo("[REVOKED shop/deny]");
    allowed.close(Outcome.COMPLETED, 200);
    assertThat(mesh.taken().findings).isEmpty();
    assertThat(mesh.engine.exchanges()).isEmpty();
  }

  @Test
  void keepsNothingThatIsOver() {
    for (int i = 0; i < 100; i++) {
      open(at("/a")).close(Outcome.COMPLETED, 200);
    }
    InboundCall late = mesh.engine.open(at("/a"));
    late.close(Outcome.COMPLETED, 200);
    late.onRevoked(aborts::incrementAndGet);
    assertThat(mesh.engine.exchanges()).isEmpty();
    apply(mesh, inbound(policy(Action.ALLOW)));
    assertThat(aborts).hasValue(0);
  }

  @Test
  void aPolicyThatComesBetweenDecisionAndStartIsNotMissed() {
    InboundCall call = mesh.engine.open(at("/a"));
    apply(mesh, inbound(policy(Action.ALLOW)));
    assertThat(aborts).hasValue(0);
    call.onRevoked(aborts::incrementAndGet);
    assertThat(aborts).hasValue(1);
  }

  @Test
  void endsPlaintextWhereItBecomesStrict() {
    open(at("/a"));
    InboundCall other = open(at("/a").withPort(81));
    peerId = Arriving.WEB;
    open(at("/a"));
    apply(
        mesh,
        inbound()
            .mutualTls(InboundPolicy.MutualTls.STRICT)
            .portMutualTls(Map.of(81, InboundPolicy.MutualTls.PERMISSIVE)));
    assertThat(aborts).hasValue(1);
    other.close(Outcome.COMPLETED, 200);
  }

  @Test
  void remembersWhoThePeerWas() {
    AuthorizationRule web =
        comingFrom(
            SourceMatch.builder()
                .principals(List.of("cluster.local/ns/shop/sa/web"))
                .ipBlocks(List.of("10.0.0.0/8")));
    peerId = Arriving.WEB;
    open(at("/a"));
    peerId = null;
    apply(mesh, inbound(policy(Action.ALLOW, web)));
    assertThat(aborts).hasValue(0);
    apply(mesh, inbound(policy(Action.DENY, web)));
    assertThat(aborts).hasValue(1);
  }

  @Test
  void aHeaderThatNobodyKeptMatchesDenialsOnly() {
    AuthorizationRule tenant = when("request.headers[x-tenant]", "a");
    open(at("/a").with("x-tenant", "a"));
    apply(mesh, inbound(policy(Action.ALLOW, tenant)));
    assertThat(aborts).hasValue(1);
    apply(mesh, inbound());
    open(at("/a").with("x-tenant", "b"));
    apply(mesh, inbound(policy(Action.DENY, tenant)));
    assertThat(aborts).hasValue(2);
    // One that the policy of that time asked for was kept.
    open(at("/a").with("x-tenant", "b"));
    apply(mesh, inbound(policy(Action.DENY, tenant, paths("/zz"))));
    assertThat(aborts).hasValue(2);
    apply(mesh, inbound(policy(Action.DENY, when("request.headers[x-tenant]", "b"))));
    assertThat(aborts).hasValue(3);
  }

  @Test
  void endsWhatAnAuthorizerNeverSaw() {
    open(at("/a"));
    apply(
        mesh,
        inbound(
                policy(Action.CUSTOM, paths("/a")).toBuilder().provider("authz").build(),
                policy(Action.DENY, paths("/zz")))
            .externalAuthorizers(
                List.of(ExternalAuthorizer.builder().name("authz").url("http://authz").build())));
    assertThat(aborts).hasValue(1);
  }

  @Test
  void anAbortThatFailsHoldsUpNobody() {
    mesh.engine
        .open(at("/a"))
        .onRevoked(
            () -> {
              throw new IllegalStateException("cannot");
            });
    open(at("/a"));
    assertThat(apply(mesh, inbound(policy(Action.ALLOW)))).isEmpty();
    assertThat(aborts).hasValue(1);
  }
}
