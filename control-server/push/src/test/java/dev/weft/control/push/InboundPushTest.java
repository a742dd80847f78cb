package dev.weft.control.push;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.server.Server;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.InboundPolicy;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.model.Registration;
import dev.weft.model.TrustBundle;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.Weft;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What agents are sent without asking, and who they have to be. */
@Timeout(60)
class InboundPushTest {

  private static final String PA = "PeerAuthentication/shop/default@";
  private static final String AP = "AuthorizationPolicy/shop/deny@";
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/checkout";

  private final World world = new World();
  private final List<FakeAgent> agents = new ArrayList<>();
  private final PushService push = new PushService(world, world, world);
  private @Nullable Server server;

  @AfterEach
  void stop() {
    agents.forEach(FakeAgent::close);
    push.close();
    if (server != null) {
      server.stop().join();
    }
  }

  @Test
  void inboundPolicyAndTrustComeUnaskedAndFirst() throws Exception {
    world.inbound = World.inbound(MutualTls.STRICT, PA + 3);
    world.trust = trust("a root");
    world.put(World.table("reviews:80", "", "10.0.0.1", "v1"));
    FakeAgent agent = agent();
    agent.hello("checkout-7", "reviews:80");

    Weft.ServerMessage message = agent.take();

    assertThat(FakeAgent.names(message))
        .startsWith("TrustBundle trust", "InboundPolicy inbound", "RouteTable reviews:80");
    assertThat(requireNonNull(FakeAgent.inbound(message)).mutualTls()).isEqualTo(MutualTls.STRICT);
    assertThat(WireCodec.decode(message.getResourcesList()).trustBundle()).isEqualTo(world.trust);
    agent.ack(message);
    assertThat(world.take()).startsWith("register");
    assertThat(world.take()).startsWith("connected");
    assertThat(world.take()).isEqualTo("sent checkout-7 1 [" + PA + "3]");
    assertThat(world.take()).isEqualTo("answered checkout-7 1 []");
  }

  @Test
  void changeOfPolicyOrRootsIsPushedAlone() throws Exception {
    world.trust = trust("a root");
    FakeAgent agent = agent();
    agent.hello("checkout-7");
    agent.take();

    world.inbound = World.inbound(MutualTls.STRICT, PA + 3);
    world.change();
    assertThat(FakeAgent.names(agent.take())).containsExactly("InboundPolicy inbound");

    world.trust = trust("a root", "the next root");
    world.change();
    assertThat(FakeAgent.names(agent.take())).containsExactly("TrustBundle trust");
  }

  @Test
  void agentThatKnowsItAllIsSentNothingAndNothingIsTakenFromIt() throws Exception {
    world.inbound = World.inbound(MutualTls.STRICT, PA + 3);
    world.trust = trust("a root");
    FakeAgent first = agent();
    first.hello("checkout-7");
    List<Weft.Known> known = FakeAgent.known(first.take());
    assertThat(known).hasSize(2);
    first.close();

    // A server without a certificate authority says nothing of roots.
    world.trust = trust();
    world.change();
    FakeAgent second = agent();
    second.hello("checkout-7", known);
    Weft.ServerMessage message = second.take();

    assertThat(message.getResourcesList()).isEmpty();
    assertThat(message.getRemovedList()).isEmpty();
  }

  @Test
  void refusalOfTheInboundPolicyIsBlamedOnThePolicyThatTheAgentNames() throws Exception {
    world.inbound =
        World.inbound(MutualTls.STRICT, PA + 3, AP + 4, "AuthorizationPolicy/shop/deny-all@5");
    FakeAgent agent = agent();
    agent.hello("checkout-7");
    agent.ack(agent.take(), rejection("authorization_policies[shop/deny]: bad CIDR"));
    skip(3);
    assertThat(world.take())
        .isEqualTo(
            "answered checkout-7 1 [AuthorizationPolicy/shop/deny:"
                + " authorization_policies[shop/deny]: bad CIDR]");

    // It stands until the policy changes.
    world.put(World.table("reviews:80", "", "10.0.0.1", "v1"));
    agent.subscribe("reviews:80");
    Weft.ServerMessage other = agent.take();
    assertThat(FakeAgent.names(other)).doesNotContain("InboundPolicy inbound");
    agent.ack(other);
    skip(1);
    assertThat(world.take()).contains("bad CIDR");

    world.inbound = World.inbound(MutualTls.STRICT, PA + 3);
    world.change();
    agent.ack(agent.take());
    skip(1);
    assertThat(world.take()).isEqualTo("answered checkout-7 3 []");
  }

  @Test
  void refusalsOfSeveralPartsAreEachBlamedOnTheirPolicy() throws Exception {
    world.inbound =
        World.inbound(MutualTls.STRICT, PA + 3, AP + 4, "RequestAuthentication/shop/jwt@5");
    FakeAgent agent = agent();
    agent.hello("checkout-7");
    agent.ack(
        agent.take(),
        rejection("bad CIDR").toBuilder().setSource("AuthorizationPolicy/shop/deny").build(),
        rejection("bad key").toBuilder().setSource("RequestAuthentication/shop/jwt").build());
    skip(3);
    assertThat(world.take())
        .isEqualTo(
            "answered checkout-7 1 [AuthorizationPolicy/shop/deny: bad CIDR,"
                + " RequestAuthentication/shop/jwt: bad key]");
  }

  @Test
  void refusalThatNamesNoPolicyIsBlamedOnAllThatTookPart() throws Exception {
    world.inbound = World.inbound(MutualTls.STRICT, PA + 3, AP + 4);
    FakeAgent agent = agent();
    agent.hello("checkout-7");
    agent.ack(agent.take(), rejection("too new"));
    skip(3);
    assertThat(world.take())
        .isEqualTo(
            "answered checkout-7 1 [AuthorizationPolicy/shop/deny: too new,"
                + " PeerAuthentication/shop/default: too new]");
  }

  @Test
  void bugInCoreLeavesThePolicyThatIsThereAndLetsNobodyInWhereThereIsNone() throws Exception {
    world.inbound = World.inbound(MutualTls.STRICT, PA + 3);
    FakeAgent has = agent();
    has.hello("has");
    has.take();

    world.inboundBroken = true;
    world.change();
    assertThat(has.poll(200)).isNull();
    FakeAgent fresh = agent();
    fresh.hello("fresh");
    InboundPolicy nobody = requireNonNull(FakeAgent.inbound(fresh.take()));
    assertThat(nobody.authorizationPolicies())
        .extracting(AuthorizationPolicy::action)
        .containsExactly(AuthorizationPolicy.Action.ALLOW);
    assertThat(nobody.authorizationPolicies().get(0).rules()).isEmpty();

    world.inboundBroken = false;
    world.change();
    assertThat(requireNonNull(FakeAgent.inbound(fresh.take())).mutualTls())
        .isEqualTo(MutualTls.STRICT);
    assertThat(has.poll(200)).isNull();
  }

  @Test
  void identityOfTheCertificateIsTheRegistrations() throws Exception {
    FakeAgent agent = agentOf(SHOP, false);
    agent.hello(registration("shop", "checkout"), List.of());
    agent.take();
    assertThat(world.take()).isEqualTo("register checkout-7");
  }

  @Test
  void registrationThatSaysNothingGetsTheCertificatesIdentity() {
    Registration said =
        Caller.identified(
            registration("shop", ""), dev.weft.control.core.WorkloadIdentity.parse(SHOP));
    assertThat(said.serviceAccount()).isEqualTo("checkout");
  }

  @Test
  void registrationThatClaimsAnotherIdentityIsRefusedWithBothNames() throws Exception {
    for (Registration lie :
        List.of(registration("bank", "checkout"), registration("shop", "admin"))) {
      FakeAgent agent = agentOf(SHOP, false);
      agent.hello(lie, List.of());
      Status end = agent.end();
      assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(end.getDescription())
          .contains("namespace " + lie.namespace() + " and service account " + lie.serviceAccount())
          .contains("the client certificate is of " + SHOP);
    }
    assertThat(world.rest()).isEmpty();
  }

  @Test
  void laterRegistrationCannotClaimAnotherIdentityEither() throws Exception {
    FakeAgent agent = agentOf(SHOP, false);
    agent.hello(registration("shop", "checkout"), List.of());
    agent.take();
    agent.say(
        Weft.AgentMessage.newBuilder()
            .setRegistration(WireCodec.encode(registration("bank", "checkout")))
            .build());
    assertThat(agent.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void certificateOfAnotherMeshIsRefused() throws Exception {
    FakeAgent agent = agentOf("spiffe://other.mesh/ns/shop/sa/checkout", false);
    agent.hello(registration("shop", "checkout"), List.of());
    Status end = agent.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(end.getDescription())
        .contains("spiffe://other.mesh/ns/shop/sa/checkout")
        .contains("expected: one of the trust domain cluster.local");
  }

  @Test
  void certificateOfAnAliasIsTaken() throws Exception {
    world.trust = world.trust.toBuilder().trustDomainAliases(Set.of("old.mesh")).build();
    FakeAgent agent = agentOf("spiffe://old.mesh/ns/shop/sa/checkout", false);
    agent.hello(registration("shop", "checkout"), List.of());
    assertThat(agent.take().getNonce()).isEqualTo("1");
  }

  @Test
  void agentWithoutCertificateIsTakenOnlyWhereThatIsAllowed() throws Exception {
    FakeAgent agent = agentOf(null, false);
    Status end = agent.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(end.getDescription()).contains("no client certificate").contains("--insecure");
    assertThat(world.rest()).isEmpty();
  }

  @Test
  void certificateThatIsNoWorkloadsIsRefused() throws Exception {
    FakeAgent agent = agentOf("spiffe://cluster.local/elsewhere", true);
    Status end = agent.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(end.getDescription()).contains("spiffe://cluster.local/elsewhere (expected:");
  }

  @Test
  void knownResourceOfANewerServerDoesNotStopTheStream() throws Exception {
    FakeAgent agent = agent();
    agent.hello(
        "checkout-7",
        List.of(Weft.Known.newBuilder().setKindValue(77).setName("x").setVersion("1").build()));
    assertThat(agent.take().getNonce()).isEqualTo("1");
  }

  private static TrustBundle trust(String... roots) {
    return TrustBundle.builder().trustDomain("cluster.local").roots(List.of(roots)).build();
  }

  private static Registration registration(String namespace, String serviceAccount) {
    return FakeAgent.registration("checkout-7").toBuilder()
        .namespace(namespace)
        .serviceAccount(serviceAccount)
        .build();
  }

  private static Weft.Rejection rejection(String reason) {
    return Weft.Rejection.newBuilder()
        .setKind("InboundPolicy")
        .setName("inbound")
        .setReason(reason)
        .build();
  }

  private void skip(int told) throws InterruptedException {
    for (int i = 0; i < told; i++) {
      world.take();
    }
  }

  private FakeAgent agent() {
    return agentOf(null, true);
  }

  /** An agent whose connection proves this identity. */
  private FakeAgent agentOf(@Nullable String spiffeId, boolean acceptsUnauthenticated) {
    Server running = server;
    if (running == null) {
      var builder =
          Server.builder()
              .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .gracefulShutdownTimeoutMillis(0, 0);
      PushHttp.mount(builder, push, context -> spiffeId, acceptsUnauthenticated);
      running = builder.build();
      running.start().join();
      server = running;
    }
    FakeAgent agent = new FakeAgent(running.activeLocalPort());
    agents.add(agent);
    return agent;
  }
}
