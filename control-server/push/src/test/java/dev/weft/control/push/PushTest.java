package dev.weft.control.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.server.Server;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.Registration;
import dev.weft.policy.Resolution;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.Weft;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The stream as agents see it: over HTTP/2 without TLS, on the kind of server that the app runs.
 */
@Timeout(60)
class PushTest {

  private static final String VS = "VirtualService/shop/reviews@";
  private static final String DR = "DestinationRule/shop/reviews@";

  private final World world = new World();
  private final List<FakeAgent> agents = new ArrayList<>();
  private final PushService push = new PushService(world, world, world);
  private Server server = Server.builder().service("/", (c, r) -> null).build();

  @BeforeEach
  void serve() {
    var builder =
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            // Far shorter than a stream lives: it must not apply to one.
            .requestTimeoutMillis(200)
            .maxRequestLength(2_000)
            .gracefulShutdownTimeoutMillis(0, 0);
    PushHttp.mount(builder, push);
    server = builder.build();
    server.start().join();
  }

  @AfterEach
  void stop() {
    agents.forEach(FakeAgent::close);
    push.close();
    server.stop().join();
  }

  @Test
  void helloTakesALeaseAndIsAlwaysAnswered() throws Exception {
    FakeAgent agent = agent();
    agent.hello("checkout-7");

    assertThat(FakeAgent.names(agent.take())).containsExactly("InboundPolicy inbound");
    assertThat(world.take()).isEqualTo("register checkout-7");
    assertThat(world.take()).isEqualTo("connected checkout-7");
    assertThat(world.take()).isEqualTo("sent checkout-7 1 []");
  }

  @Test
  void subscriptionBringsATableWithAllThatItRefersTo() throws Exception {
    world.put(World.table("reviews:80", VS + 4, "10.0.0.1", "v1", "v2"));
    FakeAgent agent = agent();
    agent.hello("checkout-7", "reviews:80");

    Weft.ServerMessage message = agent.take();
    assertThat(FakeAgent.asked(message))
        .containsExactlyInAnyOrder(
            "RouteTable reviews:80", "Upstream v1", "Upstream v2", "Endpoints v1", "Endpoints v2");
    agent.ack(message);
    assertThat(world.take()).startsWith("register");
    assertThat(world.take()).startsWith("connected");
    assertThat(world.take()).isEqualTo("sent checkout-7 1 [" + VS + "4]");
    assertThat(world.take()).isEqualTo("answered checkout-7 1 []");
  }

  @Test
  void whatTwoTablesShareIsSentOnceAndStaysUntilBothAreLeft() throws Exception {
    world.put(World.table("reviews:80", VS + 4, "10.0.0.1", "shared", "v1"));
    world.put(World.table("reviews.shop:80", VS + 4, "10.0.0.1", "shared"));
    FakeAgent agent = agent();
    agent.hello("checkout-7", "reviews:80");
    agent.take();
    agent.subscribe("reviews.shop:80");
    assertThat(FakeAgent.names(agent.take())).containsExactly("RouteTable reviews.shop:80");

    agent.unsubscribe("reviews:80");
    assertThat(agent.take().getRemovedList())
        .extracting(Weft.ResourceName::getName)
        .containsExactly("v1");
    agent.unsubscribe("reviews.shop:80");
    assertThat(agent.take().getRemovedList())
        .extracting(Weft.ResourceName::getName)
        .containsExactly("shared");
  }

  @Test
  void changeSendsWhatChangedAndNothingElse() throws Exception {
    world.put(World.table("reviews:80", VS + 4, "10.0.0.1", "v1"));
    world.put(World.table("ratings:80", "", "10.0.0.2", "ratings"));
    FakeAgent agent = agent();
    agent.hello("checkout-7", "reviews:80", "ratings:80");
    agent.take();

    world.change(World.table("ratings:80", "", "10.0.0.3", "ratings"));

    assertThat(FakeAgent.names(agent.take())).containsExactly("Endpoints ratings");
    world.change();
    assertThat(agent.poll(200)).isNull();
  }

  @Test
  void newRevisionOfAPolicyIsSentAndAnsweredEvenWhereItChangesNothing() throws Exception {
    world.put(World.table("reviews:80", VS + 4, "10.0.0.1", "v1"));
    FakeAgent agent = agent();
    agent.hello("checkout-7", "reviews:80");
    agent.take();

    world.change(World.table("reviews:80", VS + 5, "10.0.0.1", "v1"));

    assertThat(FakeAgent.names(agent.take())).containsExactly("RouteTable reviews:80");
    assertThat(world.rest()).last().isEqualTo("sent checkout-7 2 [" + VS + "5]");
  }

  @Test
  void boardIsToldWhatTheAgentHasAndNotWhatItWasSentOnly() throws Exception {
    world.put(World.table("reviews:80", VS + 4, "10.0.0.1", "v1"));
    world.put(World.table("ratings:80", DR + 1, "10.0.0.2", "ratings"));
    FakeAgent agent = agent();
    agent.hello("checkout-7", "reviews:80", "ratings:80");
    agent.take();

    world.change(World.table("ratings:80", DR + 2, "10.0.0.2", "ratings"));
    agent.take();
    assertThat(world.rest()).last().isEqualTo("sent checkout-7 2 [" + DR + "2, " + VS + "4]");

    world.change(World.table("reviews:80", "", "10.0.0.1", "v1"));
    agent.take();
    assertThat(world.rest()).last().isEqualTo("sent checkout-7 3 [" + DR + "2]");
  }

  @Test
  void burstOfChangesIsOneMessage() throws Exception {
    FakeAgent agent = agent();
    agent.hello("checkout-7", "reviews:80");
    agent.take();
    for (int i = 0; i < 50; i++) {
      world.change(World.table("reviews:80", VS + i, "10.0.0." + i, "v1"));
    }

    List<Weft.ServerMessage> messages = new ArrayList<>();
    messages.add(agent.take());
    while (!messages.get(messages.size() - 1).getResourcesList().toString().contains(VS + 49)) {
      messages.add(agent.take());
    }
    assertThat(messages.size()).isLessThan(10);
  }

  @Test
  void reconnectingAgentGetsOnlyWhatItDoesNotKnow() throws Exception {
    world.put(World.table("reviews:80", VS + 4, "10.0.0.1", "v1"));
    FakeAgent first = agent();
    first.hello("checkout-7", "reviews:80");
    List<Weft.Known> known = FakeAgent.known(first.take());
    first.close();
    while (!world.take().equals("disconnected checkout-7")) {
      // Past what the first stream did.
    }
    world.take();
    world.change(World.table("reviews:80", VS + 4, "10.0.0.9", "v1"));

    FakeAgent second = agent();
    List<Weft.Known> more = new ArrayList<>(known);
    more.add(
        Weft.Known.newBuilder()
            .setKind(Weft.ResourceKind.UPSTREAM)
            .setName("long gone")
            .setVersion("1")
            .build());
    second.hello("checkout-7", more, "reviews:80");

    Weft.ServerMessage message = second.take();
    assertThat(FakeAgent.names(message)).containsExactly("Endpoints v1");
    assertThat(message.getRemovedList())
        .extracting(Weft.ResourceName::getName)
        .containsExactly("long gone");
    // Its status is complete again after the answer.
    assertThat(world.rest()).last().isEqualTo("sent checkout-7 1 [" + VS + "4]");
  }

  @Test
  void refusalIsToldWithThePolicyThatIsToBlameUntilItIsRepaired() throws Exception {
    world.put(World.table("reviews:80", VS + 4 + "," + DR + 9, "10.0.0.1", "v1"));
    world.put(World.table("ratings:80", "", "10.0.0.2", "ratings"));
    FakeAgent agent = agent();
    agent.hello("checkout-7", "reviews:80");
    agent.ack(
        agent.take(),
        rejection("RouteTable", "reviews:80", "no such upstream"),
        rejection("Upstream", "v1", "bad budget"));
    skip(3);
    assertThat(world.take())
        .isEqualTo(
            "answered checkout-7 1 [VirtualService/shop/reviews: no such upstream,"
                + " DestinationRule/shop/reviews: bad budget]");

    // Another message does not make it good, and the same version is not sent again.
    agent.subscribe("ratings:80");
    Weft.ServerMessage other = agent.take();
    assertThat(FakeAgent.names(other))
        .containsExactly("RouteTable ratings:80", "Upstream ratings", "Endpoints ratings");
    agent.ack(other);
    skip(1);
    assertThat(world.take()).contains("no such upstream").contains("bad budget");

    world.change(World.table("reviews:80", VS + 5 + "," + DR + 9, "10.0.0.1", "v1"));
    agent.ack(agent.take());
    skip(1);
    assertThat(world.take())
        .isEqualTo("answered checkout-7 3 [DestinationRule/shop/reviews: bad budget]");
  }

  @Test
  void goodbyeReleasesAndABrokenStreamIsLost() throws Exception {
    FakeAgent leaving = agent();
    leaving.hello("leaving");
    leaving.take();
    skip(3);
    leaving.say(
        Weft.AgentMessage.newBuilder().setGoodbye(Weft.Goodbye.getDefaultInstance()).build());
    leaving.finish();
    assertThat(leaving.end().getCode()).isEqualTo(Status.Code.OK);
    assertThat(List.of(world.take(), world.take()))
        .containsExactly("disconnected leaving", "release leaving");

    FakeAgent killed = agent();
    killed.hello("killed");
    killed.take();
    skip(3);
    killed.close();
    assertThat(List.of(world.take(), world.take()))
        .containsExactly("disconnected killed", "lost killed");
    assertThat(world.rest()).isEmpty();
  }

  @Test
  void agentsThatComeAndGoAreNoErrors() throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    try {
      FakeAgent killed = agent();
      killed.hello("killed");
      killed.take();
      skip(3);
      killed.close();
      skip(2);
      FakeAgent leaving = agent();
      leaving.hello("leaving");
      leaving.take();
      leaving.say(
          Weft.AgentMessage.newBuilder().setGoodbye(Weft.Goodbye.getDefaultInstance()).build());
      leaving.finish();
      leaving.end();
      server.stop().join();
    } finally {
      System.setErr(before);
    }
    assertThat(errors.toString(StandardCharsets.UTF_8)).doesNotContain("ERROR");
  }

  @Test
  void secondStreamOfAnInstanceTakesOver() throws Exception {
    FakeAgent first = agent();
    first.hello("checkout-7");
    first.take();
    FakeAgent second = agent();
    second.hello("checkout-7");
    second.take();

    assertThat(first.end().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(world.rest()).doesNotContain("disconnected checkout-7", "lost checkout-7");
    world.change(World.table("reviews:80", VS + 4, "10.0.0.1", "v1"));
    second.subscribe("reviews:80");
    assertThat(second.take().getResourcesCount()).isEqualTo(3);
  }

  @Test
  void registrationFollowsTheInstance() throws Exception {
    FakeAgent agent = agent();
    agent.hello("checkout-7");
    agent.take();
    skip(3);
    agent.say(
        Weft.AgentMessage.newBuilder()
            .setRegistration(
                WireCodec.encode(
                    FakeAgent.registration("checkout-7").toBuilder()
                        .state(Registration.State.DRAINING)
                        .build()))
            .build());
    assertThat(world.take()).isEqualTo("update checkout-7 DRAINING");
  }

  @Test
  void whoDoesNotSayHelloProperlyIsRefusedWithTheReason() throws Exception {
    FakeAgent rude = agent();
    rude.subscribe("reviews:80");
    Status end = rude.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.getDescription()).contains("is a hello (got: SUBSCRIPTION)");

    FakeAgent newer = agent();
    newer.say(
        Weft.AgentMessage.newBuilder()
            .setHello(
                Weft.Hello.newBuilder()
                    .setRegistration(
                        WireCodec.encode(FakeAgent.registration("a")).toBuilder().setStateValue(9)))
            .build());
    assertThat(newer.end().getDescription()).contains("registration.state: 9");
    assertThat(world.rest()).isEmpty();
  }

  @Test
  void agentThatDoesNotReadGetsTheNewestStateAndNoQueue() throws Exception {
    FakeAgent slow = agent(true);
    slow.hello("slow", "reviews:80");
    FakeAgent quick = agent();
    quick.hello("quick", "reviews:80");
    quick.take();
    for (int i = 1; i <= 60; i++) {
      world.change(large(i));
      quick.take();
    }

    slow.read(1000);
    int messages = 1;
    while (!slow.take().getResourcesList().toString().contains(VS + 60)) {
      messages++;
    }
    assertThat(messages).isLessThan(30);
  }

  @Test
  void streamOutlivesTheTimeoutAndTheLengthOfRequests() throws Exception {
    FakeAgent agent = agent();
    agent.hello("checkout-7");
    agent.take();
    assertThat(agent.poll(600)).isNull();
    for (int i = 0; i < 200; i++) {
      agent.subscribe("some-host-with-quite-a-long-name-" + i + ":80");
      assertThat(agent.take().getResourcesCount()).isEqualTo(1);
    }
  }

  @Test
  void bugInCoreLeavesAgentsWithWhatTheyHave() throws Exception {
    world.put(World.table("reviews:80", VS + 4, "10.0.0.1", "v1"));
    FakeAgent agent = agent();
    agent.hello("checkout-7", "reviews:80");
    agent.take();

    world.broken = true;
    world.change();
    assertThat(agent.poll(200)).isNull();
    world.broken = false;
    world.change(World.table("reviews:80", VS + 4, "10.0.0.2", "v1"));
    assertThat(FakeAgent.names(agent.take())).containsExactly("Endpoints v1");
  }

  @Test
  void equalCallersAreResolvedOnce() throws Exception {
    world.put(World.table("reviews:80", VS + 4, "10.0.0.1", "v1"));
    for (int i = 0; i < 5; i++) {
      FakeAgent agent = agent();
      agent.hello("checkout-" + i, "reviews:80");
      agent.take();
    }
    assertThat(world.resolved).hasValue(1);
  }

  @Test
  void serverThatGoesDownSaysSo() throws Exception {
    FakeAgent agent = agent();
    agent.hello("checkout-7");
    agent.take();
    push.close();
    Status end = agent.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(end.getDescription()).contains("goes down");
    assertThat(world.rest()).doesNotContain("lost checkout-7", "release checkout-7");
  }

  /** About 100 kB of endpoints. */
  private static Resolution large(int version) {
    Resolution small = World.table("reviews:80", VS + version, "10.0.0.1", "v1");
    List<EndpointInfo> endpoints = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      endpoints.add(
          EndpointInfo.builder()
              .address("10." + version + "." + i / 250 + "." + i % 250)
              .port(80)
              .workload("a-workload-with-a-name-of-some-length-as-they-are-in-kubernetes")
              .build());
    }
    return new Resolution(
        small.routeTable(),
        small.upstreams(),
        List.of(Endpoints.builder().name("v1").endpoints(endpoints).build()),
        Set.of(VS + version),
        List.of());
  }

  private static Weft.Rejection rejection(String kind, String name, String reason) {
    return Weft.Rejection.newBuilder().setKind(kind).setName(name).setReason(reason).build();
  }

  private void skip(int told) throws InterruptedException {
    for (int i = 0; i < told; i++) {
      world.take();
    }
  }

  private FakeAgent agent() {
    return agent(false);
  }

  private FakeAgent agent(boolean readsByHand) {
    FakeAgent agent = new FakeAgent(server.activeLocalPort(), readsByHand);
    agents.add(agent);
    return agent;
  }
}
