package dev.weft.controlclient;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.Weft;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The conversation, with time and links in the test's hand. */
@Timeout(30)
class SessionTest {

  private static final long SECOND = 1_000_000_000L;

  private final FakeLoop loop = new FakeLoop();
  private final FakeLinks links = new FakeLinks();
  private final RecordingSink sink = new RecordingSink();
  private final List<String> log = new ArrayList<>();
  private final Map<String, List<String>> dns = new HashMap<>();

  /** The largest waiting time that jitter may choose, so that bounds show. */
  private final List<Long> bounds = new ArrayList<>();

  @Test
  void waitingTimesGrowWithFullJitterFromHalfASecondToThirty() {
    ControlClient client = client("a:1");
    client.start();
    loop.run();
    bounds.clear();

    for (int i = 0; i < 9; i++) {
      links.last().listener.onClosed("connection refused");
      assertThat(links.opened).hasSize(i + 1);
      waitOut();
      assertThat(links.opened).hasSize(i + 2);
    }

    assertThat(bounds)
        .containsExactly(
            SECOND / 2,
            SECOND,
            2 * SECOND,
            4 * SECOND,
            8 * SECOND,
            16 * SECOND,
            30 * SECOND,
            30 * SECOND,
            30 * SECOND);
  }

  @Test
  void waitingTimesStartAgainOnlyAfterAStableStream() {
    client("a:1").start();
    loop.run();
    fail(3);
    links.last().listener.onMessage(Messages.message("1"));
    bounds.clear();

    links.last().listener.onClosed("reset");
    waitOut();
    links.last().listener.onMessage(Messages.message("1"));
    loop.advance(Session.STABLE_NANOS);
    links.last().listener.onClosed("reset");

    assertThat(bounds).containsExactly(4 * SECOND, SECOND / 2);
  }

  @Test
  void serverThatIsAwayIsToldOnceAndOnceWhenItIsBack() {
    client("a:1").start();
    loop.run();
    fail(5);
    assertThat(log)
        .containsExactly(
            "control server a:1 cannot be reached: a:1: connection refused;"
                + " the application runs, trying on");

    links.last().listener.onMessage(Messages.message("1"));
    links.last().listener.onMessage(Messages.message("2"));

    assertThat(log).hasSize(2).last().isEqualTo("control server a:1 is reached again");
  }

  @Test
  void streamThatBreaksAndComesBackIsNotWorthALine() {
    client("a:1").start();
    loop.run();
    links.last().listener.onMessage(Messages.message("1"));
    links.last().listener.onClosed("reset");
    loop.advance(SECOND);
    links.last().listener.onMessage(Messages.message("1"));

    assertThat(log).isEmpty();
  }

  @Test
  void otherAddressesAreTriedAtOnce() {
    client("a:1,b:2,c:3").start();
    loop.run();
    links.last().listener.onClosed("connection refused");
    loop.run();
    links.last().listener.onClosed("connection refused");
    loop.run();

    assertThat(links.opened).extracting(link -> link.address.toString()).contains("a:1", "b:2");
    assertThat(links.opened).hasSize(3);
    assertThat(log).isEmpty();

    links.last().listener.onClosed("connection refused");
    loop.run();
    assertThat(links.opened).hasSize(3);
    assertThat(log).hasSize(1).first().asString().contains("a:1, b:2, c:3 cannot be reached");
  }

  @Test
  void serverThatAcceptsAndSaysNothingIsGivenUp() {
    client("a:1").start();
    loop.run();
    loop.advance(Session.ATTEMPT_NANOS);

    assertThat(links.opened.get(0).aborted).isTrue();
    assertThat(log).hasSize(1).first().asString().contains("no answer within 5 s");
  }

  @Test
  void requestWaitsDuringTheFirstAttemptAndNotWhileTheServerIsAway() {
    ControlClient client = client("a:1");
    CompletionStage<?> beforeStart = client.request("reviews:80");
    client.start();
    loop.run();
    CompletionStage<?> during = client.request("ratings:80");
    loop.run();
    assertThat(beforeStart).isNotNull();
    assertThat(during).isNotNull();
    assertThat(done(beforeStart)).isFalse();

    links.last().listener.onClosed("connection refused");

    assertThat(done(beforeStart)).isTrue();
    assertThat(done(during)).isTrue();
    assertThat(client.request("details:80")).isNull();
    // Not lost: the next hello asks for all of them.
    loop.advance(SECOND);
    assertThat(links.last().sent.peek().getHello().getSubscribeList())
        .containsExactlyInAnyOrder("reviews:80", "ratings:80", "details:80");
  }

  @Test
  void burstOfNamesGoesOutAsOneMessage() {
    ControlClient client = connected("a:1");
    client.request("a:80");
    client.request("b:80");
    client.request("a:80");
    client.request("c:80");
    loop.run();

    assertThat(links.last().sent).hasSize(1);
    assertThat(links.last().sent.remove().getSubscription().getSubscribeList())
        .containsExactly("a:80", "b:80", "c:80");
  }

  @Test
  void stageCompletesWhenTheTableWasAppliedAndNotBefore() {
    ControlClient client = connected("a:1");
    CompletionStage<?> stage = client.request("reviews:80");
    loop.run();
    links.last().listener.onMessage(Messages.message("2", Messages.table("ratings:80", "x")));
    assertThat(done(stage)).isFalse();

    links.last().listener.onMessage(Messages.message("3", Messages.table("reviews:80", "x")));

    assertThat(done(stage)).isTrue();
    assertThat(sink.tables).containsKey("reviews:80");
    assertThat(done(client.request("reviews:80"))).isTrue();
  }

  @Test
  void oldestPassThroughHostMakesRoomAndRoutedOnesStay() {
    ControlClient client = connected("a:1");
    for (String name : List.of("routed:80", "first:80", "second:80")) {
      client.request(name);
      loop.run();
      links
          .last()
          .listener
          .onMessage(
              Messages.message(
                  name,
                  name.startsWith("routed")
                      ? Messages.table(name, "x")
                      : Messages.passThrough(name)));
    }
    links.last().sent.clear();

    CompletionStage<?> fourth = client.request("fourth:80");
    loop.run();

    assertThat(fourth).isNotNull();
    assertThat(sink.tables).containsOnlyKeys("routed:80", "second:80");
    Weft.Subscription sent = links.last().sent.remove().getSubscription();
    assertThat(sent.getSubscribeList()).containsExactly("fourth:80");
    assertThat(sent.getUnsubscribeList()).containsExactly("first:80");
  }

  @Test
  void withoutAnythingToEvictNewHostsPassThroughUnasked() {
    ControlClient client = connected("a:1");
    for (String name : List.of("a:80", "b:80", "c:80")) {
      client.request(name);
      loop.run();
      links.last().listener.onMessage(Messages.message(name, Messages.table(name, "x")));
    }
    links.last().sent.clear();

    assertThat(client.request("d:80")).isNull();
    loop.run();

    assertThat(links.last().sent).isEmpty();
    assertThat(sink.tables).containsOnlyKeys("a:80", "b:80", "c:80");
  }

  @Test
  void changesOfTheRegistrationGoOutTogether() {
    ControlClient client = connected("a:1");
    client.update(r -> r.toBuilder().state(Registration.State.READY).build());
    client.update(r -> r.toBuilder().adapters(List.of("okhttp: active")).build());
    client.update(r -> r.toBuilder().libraries(List.of("client OkHttp 2 in app")).build());
    client.update(r -> r);
    loop.advance(SECOND);

    assertThat(links.last().sent).hasSize(1);
    Weft.Registration sent = links.last().sent.remove().getRegistration();
    assertThat(sent.getState()).isEqualTo(Weft.Registration.State.READY);
    assertThat(sent.getAdaptersList()).containsExactly("okhttp: active");
    assertThat(sent.getLibrariesList()).containsExactly("client OkHttp 2 in app");
  }

  @Test
  void engineSeesAddressesWhereTheServerSentNames() {
    dns.put("payments.example", List.of("192.0.2.2", "192.0.2.1"));
    connected("a:1");

    links
        .last()
        .listener
        .onMessage(Messages.message("2", Messages.endpoints("u", "payments.example", "10.0.0.1")));
    assertThat(sink.addresses("u")).containsExactly("192.0.2.1", "192.0.2.2", "10.0.0.1");

    dns.put("payments.example", List.of("192.0.2.3"));
    loop.advance(NameRefresher.REFRESH_NANOS);
    assertThat(sink.addresses("u")).containsExactly("192.0.2.3", "10.0.0.1");
  }

  @Test
  void nameThatStopsResolvingKeepsItsLastGoodAnswer() {
    dns.put("payments.example", List.of("192.0.2.1"));
    connected("a:1");
    links
        .last()
        .listener
        .onMessage(Messages.message("2", Messages.endpoints("u", "payments.example")));
    int updates = sink.updates.size();

    dns.clear();
    loop.advance(3 * NameRefresher.REFRESH_NANOS);

    assertThat(sink.updates).hasSize(updates);
    assertThat(sink.addresses("u")).containsExactly("192.0.2.1");
  }

  @Test
  void inboundPolicyAndTrustBundleComeUnaskedAndAreKnownAtTheNextHello() {
    connected("a:1");
    links
        .last()
        .listener
        .onMessage(
            Messages.message(
                "2", Messages.inbound(Messages.STRICT_AND_DENY), WireCodec.encode(Messages.TRUST)));

    assertThat(sink.inboundPolicy).isEqualTo(Messages.STRICT_AND_DENY);
    assertThat(sink.trustBundle).isEqualTo(Messages.TRUST);
    assertThat(links.last().sent.peekLast().getAnswer().getRejectionsList()).isEmpty();

    links.last().listener.onClosed("reset");
    waitOut();
    assertThat(links.last().sent.peek().getHello().getKnownList())
        .extracting(Weft.Known::getKind, Weft.Known::getVersion)
        .containsExactlyInAnyOrder(
            tuple(
                Weft.ResourceKind.INBOUND_POLICY,
                Messages.inbound(Messages.STRICT_AND_DENY).getVersion()),
            tuple(Weft.ResourceKind.TRUST_BUNDLE, WireCodec.encode(Messages.TRUST).getVersion()));
  }

  @Test
  void inboundPolicyThatCannotBeReadLeavesTheLastGoodOneInForce() {
    connected("a:1");
    links
        .last()
        .listener
        .onMessage(Messages.message("2", Messages.inbound(Messages.STRICT_AND_DENY)));
    links.last().listener.onMessage(Messages.message("3", Messages.inboundOfANewerServer()));

    assertThat(sink.inboundPolicy).isEqualTo(Messages.STRICT_AND_DENY);
    Weft.Answer answer = links.last().sent.peekLast().getAnswer();
    assertThat(answer.getRejectionsList())
        .extracting(Weft.Rejection::getKind, Weft.Rejection::getName)
        .containsExactly(tuple("InboundPolicy", "inbound"));
    links.last().listener.onClosed("reset");
    waitOut();
    assertThat(links.last().sent.peek().getHello().getKnownList())
        .extracting(Weft.Known::getVersion)
        .containsExactly(Messages.inbound(Messages.STRICT_AND_DENY).getVersion());
  }

  @Test
  void firstInboundPolicyThatCannotBeReadLetsNobodyIn() {
    connected("a:1");
    links.last().listener.onMessage(Messages.message("2", Messages.inboundOfANewerServer()));

    InboundPolicy inForce = requireNonNull(sink.inboundPolicy);
    assertThat(inForce.authorizationPolicies()).hasSize(1);
    AuthorizationPolicy denyAll = inForce.authorizationPolicies().get(0);
    assertThat(denyAll.action()).isEqualTo(AuthorizationPolicy.Action.ALLOW);
    assertThat(denyAll.rules()).isEmpty();

    links
        .last()
        .listener
        .onMessage(Messages.message("3", Messages.inbound(Messages.STRICT_AND_DENY)));
    assertThat(sink.inboundPolicy).isEqualTo(Messages.STRICT_AND_DENY);
  }

  @Test
  void inboundPolicyCannotBeTakenAway() {
    connected("a:1");
    links
        .last()
        .listener
        .onMessage(Messages.message("2", Messages.inbound(Messages.STRICT_AND_DENY)));
    links
        .last()
        .listener
        .onMessage(
            Weft.ServerMessage.newBuilder()
                .setNonce("3")
                .addRemoved(
                    Weft.ResourceName.newBuilder()
                        .setKind(Weft.ResourceKind.INBOUND_POLICY)
                        .setName("inbound"))
                .build());

    assertThat(sink.inboundPolicy).isEqualTo(Messages.STRICT_AND_DENY);
    links.last().listener.onClosed("reset");
    waitOut();
    assertThat(links.last().sent.peek().getHello().getKnownList()).hasSize(1);
  }

  @Test
  void failingEngineIsAnsweredAndTheStreamGoesOn() {
    FakeLinks mine = new FakeLinks();
    ControlClient client =
        builder("a:1")
            .links(mine)
            .sink(
                update -> {
                  throw new IllegalStateException("bug");
                })
            .build();
    client.start();
    loop.run();
    mine.last().listener.onMessage(Messages.message("7", Messages.table("reviews:80", "x")));

    Weft.Answer answer = mine.last().sent.peekLast().getAnswer();
    assertThat(answer.getNonce()).isEqualTo("7");
    assertThat(answer.getRejectionsList())
        .extracting(Weft.Rejection::getReason)
        .containsExactly("internal error: java.lang.IllegalStateException: bug");
    assertThat(mine.last().aborted).isFalse();
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      links.last().listener.onClosed("connection refused");
      waitOut();
    }
  }

  /** The whole of the last waiting time, and no more. */
  private void waitOut() {
    loop.advance(bounds.get(bounds.size() - 1));
  }

  private ControlClient connected(String servers) {
    ControlClient client = client(servers);
    client.start();
    loop.run();
    links.last().listener.onMessage(Messages.message("1"));
    links.last().sent.clear();
    return client;
  }

  private ControlClient client(String servers) {
    return builder(servers).build();
  }

  private ControlClient.Builder builder(String servers) {
    return ControlClient.builder()
        .servers(servers)
        .registration(Messages.CHECKOUT)
        .sink(sink)
        .log(log::add)
        .loop(loop)
        .io(Runnable::run)
        .links(links)
        .maxSubscriptions(3)
        .lookup(this::lookUp)
        .random(
            bound -> {
              bounds.add(bound);
              return bound - 1;
            });
  }

  private List<String> lookUp(String name) throws UnknownHostException {
    List<String> answer = dns.get(name);
    if (answer == null) {
      throw new UnknownHostException(name);
    }
    return answer;
  }

  private static boolean done(@Nullable CompletionStage<?> stage) {
    return stage != null && stage.toCompletableFuture().isDone();
  }
}
