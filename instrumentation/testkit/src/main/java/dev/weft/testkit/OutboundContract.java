package dev.weft.testkit;

import static dev.weft.testkit.ClientRequest.get;
import static dev.weft.testkit.ClientRequest.head;
import static dev.weft.testkit.ClientRequest.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.FailureKind;
import dev.weft.outbound.Outcome;
import dev.weft.transport.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The facts that every client adapter makes true. An adapter's test extends this, says how to make
 * a client and send, names the limits of its library, and asserts nothing itself.
 *
 * <p>This half: connections, deadlines, bodies, and that an end is told once. The other half is
 * {@link OutboundDecisions}.
 */
public abstract class OutboundContract extends OutboundDecisions {

  @Test
  public final void freesTheConnectionsOfDiscardedResponses() throws Exception {
    for (int i = 0; i < 20; i++) {
      a().reply(UpstreamReply.of(503, "x".repeat(2000)));
      engine().call(FakeEngine.send(a().endpoint()), FakeEngine.send(b().endpoint()));
      assertThat(send(get(ORDERS + "/")).text()).isEqualTo("b");
      engine().takeOpened();
      engine().takeResponse();
      engine().takeResponse();
      engine().takeClosed();
    }
    // A pool may keep a few; twenty would be a leak.
    a().awaitOpenConnections(5);
    b().awaitOpenConnections(5);
  }

  @Test
  public final void freesTheThreadWhenTheDeadlineFires() throws Exception {
    a().reply(UpstreamReply.hang());
    engine().call(FakeEngine.sendWithin(a().endpoint(), 150), FakeEngine.deliver());
    assertFails(() -> send(get(ORDERS + "/")));
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.TIMEOUT);
    assertClosed(Outcome.FAILED, 0);
    a().awaitOpenConnections(0);
    assertThat(a().connections()).as("an aborted attempt must not be sent again").isEqualTo(1);
  }

  @Test
  public final void sendsAgainAfterATimeout() throws Exception {
    a().reply(UpstreamReply.hang());
    engine().call(FakeEngine.sendWithin(a().endpoint(), 150), FakeEngine.send(b().endpoint()));
    assertThat(send(put(ORDERS + "/", "payload")).text()).isEqualTo("b");
    assertThat(b().takeRequest().text()).isEqualTo("payload");
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.TIMEOUT);
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
    a().awaitOpenConnections(0);
  }

  @Test
  public final void breaksTheBodyWhenTheDeadlineFires() throws Exception {
    a().reply(UpstreamReply.pauseInBody(bigBody()));
    engine().call(FakeEngine.sendWithin(a().endpoint(), 400));
    ClientResponse response = send(get(ORDERS + "/"));
    assertThat(response.status()).isEqualTo(200);
    assertFails(response::text);
    engine().takeOpened();
    engine().takeResponse();
    assertClosed(Outcome.TIMED_OUT, 200);
    a().awaitOpenConnections(0);
  }

  @Test
  public final void leavesAFinishedExchangeAloneWhenItsDeadlinePasses() throws Exception {
    engine().call(FakeEngine.sendWithin(a().endpoint(), 60_000));
    exchange(get(ORDERS + "/"));
    engine().call(FakeEngine.sendWithin(a().endpoint(), 60_000));
    exchange(get(ORDERS + "/"));
    assertThat(a().connections()).isEqualTo(1);
  }

  @Test
  public final void reportsABodyThatBrokeOff() throws Exception {
    a().reply(UpstreamReply.closeInBody(bigBody()));
    engine().call(FakeEngine.send(a().endpoint()));
    ClientResponse response = send(get(ORDERS + "/"));
    try {
      response.text();
      assertThat(limits()).as("a broken body looks complete").containsKey(Limit.HIDES_BROKEN_BODY);
    } catch (IOException e) {
      // What the application should see.
    }
    engine().takeOpened();
    engine().takeResponse();
    assertClosed(Outcome.FAILED, 200);
  }

  @Test
  public final void handsTheBodyOverAsItComes() throws Exception {
    byte[] body = bigBody();
    UpstreamReply paused = UpstreamReply.pauseInBody(body);
    a().reply(paused);
    engine().call(FakeEngine.send(a().endpoint()));
    ClientResponse response = send(get(ORDERS + "/"));
    byte[] first = readSome(response, 1000);
    assertThat(first).isEqualTo(java.util.Arrays.copyOf(body, 1000));
    paused.release();
    byte[] rest = response.body().readAllBytes();
    assertThat(1000 + rest.length).isEqualTo(body.length);
    assertThat(rest[rest.length - 1]).isEqualTo(body[body.length - 1]);
    response.close();
    engine().takeOpened();
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void reportsABodyThatTheApplicationGaveUp() throws Exception {
    a().reply(UpstreamReply.pauseInBody(bigBody()));
    engine().call(FakeEngine.send(a().endpoint()));
    ClientResponse response = send(get(ORDERS + "/"));
    readSome(response, 10);
    response.close();
    engine().takeOpened();
    engine().takeResponse();
    assertClosed(Outcome.CANCELLED, 200);
    a().awaitOpenConnections(0);
  }

  @Test
  public final void reportsABodyThatIsNotRead() throws Exception {
    a().reply(UpstreamReply.pauseInBody(bigBody()));
    engine().call(FakeEngine.send(a().endpoint()));
    send(get(ORDERS + "/")).close();
    engine().takeOpened();
    engine().takeResponse();
    assertClosed(Outcome.CANCELLED, 200);
    a().awaitOpenConnections(0);
  }

  @Test
  public final void endsAResponseThatHasNoBody() throws Exception {
    a().reply(
            UpstreamReply.ok("the body of GET"),
            UpstreamReply.of(204, ""),
            UpstreamReply.of(304, ""),
            UpstreamReply.of(200, ""));
    List<ClientRequest> requests =
        List.of(head(ORDERS + "/"), get(ORDERS + "/"), get(ORDERS + "/"), get(ORDERS + "/"));
    int[] statuses = {200, 204, 304, 200};
    for (int i = 0; i < statuses.length; i++) {
      engine().call(FakeEngine.send(a().endpoint()));
      ClientResponse response = send(requests.get(i));
      assertThat(response.status()).isEqualTo(statuses[i]);
      assertThat(response.text()).isEmpty();
      engine().takeOpened();
      engine().takeResponse();
      assertClosed(Outcome.COMPLETED, statuses[i]);
    }
  }

  @Test
  public final void survivesAnEngineThatCannotOpen() throws Exception {
    RuntimeException bug = new IllegalStateException("a bug in the engine");
    engine().failToOpen(bug);
    assertThat(send(get(a().url("/"))).text()).isEqualTo("a");
    assertThat(engine().takeProblem().problem()).isSameAs(bug);
  }

  @Test
  public final void survivesAnEngineThatCannotStart() throws Exception {
    engine().call(FakeEngine.fail(new IllegalStateException("a bug in the engine")));
    assertThat(send(put(a().url("/"), "payload")).text()).isEqualTo("a");
    assertThat(a().takeRequest().text()).isEqualTo("payload");
    engine().takeOpened();
    engine().takeProblem();
    engine().takeClosed();
  }

  @Test
  public final void survivesAnEngineThatCannotJudge() throws Exception {
    engine()
        .call(
            FakeEngine.send(a().endpoint()),
            FakeEngine.fail(new IllegalStateException("a bug in the engine")));
    assertThat(send(get(ORDERS + "/")).text()).isEqualTo("a");
    engine().takeOpened();
    engine().takeResponse();
    engine().takeProblem();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void reusesTheConnectionsOfAnEndpoint() throws Exception {
    Endpoint endpoint = a().endpoint();
    for (int i = 0; i < 10; i++) {
      engine().call(FakeEngine.send(endpoint));
      assertThat(exchange(put(ORDERS + "/" + i, "n" + i))).isEqualTo("a");
    }
    assertThat(a().connections()).isEqualTo(1);
  }

  @Test
  public final void keepsTheConnectionsOfTwoEndpointsApart() throws Exception {
    Endpoint first = a().endpoint();
    Endpoint second = b().endpoint();
    for (int i = 0; i < 10; i++) {
      engine().call(FakeEngine.send(i % 2 == 0 ? first : second));
      assertThat(exchange(get(ORDERS + "/"))).isEqualTo(i % 2 == 0 ? "a" : "b");
    }
    assertThat(a().connections()).isEqualTo(1);
    assertThat(b().connections()).isEqualTo(1);
  }

  @Test
  public final void keepsDirectConnectionsApartFromThoseOfTheMesh() throws Exception {
    engine().call(FakeEngine.passThrough()).call(FakeEngine.send(b().endpoint()));
    assertThat(send(get(a().url("/"))).text()).isEqualTo("a");
    engine().takeOpened();
    engine().takeClosed();
    assertThat(exchange(get(a().url("/")))).isEqualTo("b");
    engine().call(FakeEngine.passThrough());
    assertThat(send(get(a().url("/"))).text()).isEqualTo("a");
    engine().takeOpened();
    engine().takeClosed();
  }

  @Test
  public final void sendsManyRequestsAtOnce() throws Exception {
    int requests = 200;
    Endpoint first = a().endpoint();
    Endpoint second = b().endpoint();
    for (int i = 0; i < requests; i++) {
      engine().call(FakeEngine.send(i % 2 == 0 ? first : second));
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < requests; i++) {
        String body = "payload " + i;
        all.add(CompletableFuture.runAsync(() -> assertAnswered(body), threads));
      }
      CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(15, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
    Map<Class<?>, Integer> counts = new HashMap<>();
    for (int i = 0; i < 3 * requests; i++) {
      counts.merge(engine().takeAny().getClass(), 1, Integer::sum);
    }
    assertThat(counts)
        .containsOnly(
            Map.entry(FakeEngine.Opened.class, requests),
            Map.entry(FakeEngine.Response.class, requests),
            Map.entry(FakeEngine.Closed.class, requests));
    assertThat(a().waiting()).isEqualTo(requests / 2);
    assertThat(b().waiting()).isEqualTo(requests / 2);
  }

  private void assertAnswered(String body) {
    try {
      assertThat(send(put(ORDERS + "/", body)).text()).isIn("a", "b");
    } catch (Exception e) {
      throw new AssertionError(body, e);
    }
  }
}
