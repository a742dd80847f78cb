package dev.weft.testkit;

import static dev.weft.testkit.ClientRequest.get;
import static dev.weft.testkit.ClientRequest.post;
import static dev.weft.testkit.ClientRequest.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The first half of the contract: what the engine is shown, and that what it says is done. */
public abstract class OutboundDecisions extends OutboundFixture {

  @Test
  public final void sendsToTheEndpointOfTheAttempt() throws Exception {
    engine().call(FakeEngine.send(a().endpoint()));
    String sent = "/list?x=1%202";
    assertThat(exchange(get(ORDERS + sent))).isEqualTo("a");
    assertThat(a().takeRequest().target())
        .isEqualTo(limits().containsKey(Limit.ENCODES_QUERY) ? sent.replace("%20", "+") : sent);
  }

  @Test
  public final void showsTheRequestToTheEngine() throws Exception {
    List<String> seen = new ArrayList<>();
    engine()
        .call(
            request -> {
              seen.add(String.valueOf(request.header("x-one")));
              seen.add(String.valueOf(request.header("x-absent")));
              return FakeEngine.send(a().endpoint()).decide(request);
            });
    send(put("http://orders.invalid:8080/a%2Fb?c=d%26", "body").header("X-One", "1")).text();
    assertThat(engine().takeOpened())
        .isEqualTo(
            new FakeEngine.Opened(1, "PUT", "http", "orders.invalid:8080", 8080, "/a%2Fb?c=d%26"));
    assertThat(seen).containsExactly("1", "null");
    engine().takeResponse();
    engine().takeClosed();
  }

  @Test
  public final void keepsTheAuthorityTheCallerNamed() throws Exception {
    engine().call(FakeEngine.send(a().endpoint())).call(FakeEngine.send(a().endpoint()));
    exchange(get(ORDERS + "/"));
    assertThat(a().takeRequest().header("host")).isEqualTo("orders.invalid");
    exchange(get("http://orders.invalid:8080/"));
    assertThat(a().takeRequest().header("host")).isEqualTo("orders.invalid:8080");
  }

  @Test
  public final void keepsAHostHeaderOfTheCaller() throws Exception {
    needs(Limit.NO_OWN_HOST_HEADER);
    engine().call(FakeEngine.send(a().endpoint()));
    send(get(ORDERS + "/").header("Host", "shop.example")).text();
    FakeEngine.Opened opened = engine().takeOpened();
    assertThat(opened.authority()).isEqualTo("shop.example");
    assertThat(opened.port()).isEqualTo(80);
    assertThat(a().takeRequest().header("host")).isEqualTo("shop.example");
    engine().takeResponse();
    engine().takeClosed();
  }

  @Test
  public final void reportsAnEmptyPathAsSlash() throws Exception {
    engine().call(FakeEngine.send(a().endpoint())).call(FakeEngine.send(a().endpoint()));
    send(get(ORDERS)).text();
    assertThat(engine().takeOpened().path()).isEqualTo("/");
    engine().takeResponse();
    engine().takeClosed();
    send(get(ORDERS + "?q=1")).text();
    assertThat(engine().takeOpened().path()).isEqualTo("/?q=1");
    engine().takeResponse();
    engine().takeClosed();
  }

  @Test
  public final void setsTheHeadersOfTheAttempt() throws Exception {
    HeaderMutations changes =
        HeaderMutations.builder()
            .remove("x-gone")
            .set("x-set", "new")
            .add("x-added", "two")
            .build();
    engine().call(FakeEngine.send(a().endpoint(), changes));
    exchange(
        get(ORDERS + "/").header("X-Gone", "1").header("X-Set", "old").header("X-Added", "one"));
    ReceivedRequest received = a().takeRequest();
    assertThat(received.header("x-gone")).isNull();
    assertThat(received.header("x-set")).isEqualTo("new");
    assertThat(received.header("x-added")).isIn("one,two", "one, two");
  }

  @Test
  public final void changesHeadersRelativeToWhatTheCallerWrote() throws Exception {
    HeaderMutations first = HeaderMutations.builder().set("x-first", "1").add("x-n", "1").build();
    HeaderMutations second = HeaderMutations.builder().add("x-n", "2").build();
    a().reply(UpstreamReply.of(503, "no"));
    engine().call(FakeEngine.send(a().endpoint(), first), FakeEngine.send(a().endpoint(), second));
    send(get(ORDERS + "/")).text();
    a().takeRequest();
    ReceivedRequest again = a().takeRequest();
    assertThat(again.header("x-first")).isNull();
    assertThat(again.header("x-n")).isEqualTo("2");
    takeRetried(503);
  }

  @Test
  public final void rewritesThePathOnTheWire() throws Exception {
    engine().call(rewritten("/new/path?z=%20", null));
    exchange(get(ORDERS + "/old?a=b"));
    ReceivedRequest received = a().takeRequest();
    assertThat(received.target()).isEqualTo("/new/path?z=%20");
    assertThat(received.header("host")).isEqualTo("orders.invalid");
  }

  @Test
  public final void rewritesTheAuthorityOnTheWire() throws Exception {
    needs(Limit.NO_AUTHORITY_REWRITE);
    engine().call(rewritten(null, "internal.example:81"));
    exchange(get(ORDERS + "/"));
    assertThat(a().takeRequest().header("host")).isEqualTo("internal.example:81");
  }

  private FakeEngine.Step rewritten(
      @org.jspecify.annotations.Nullable String path,
      @org.jspecify.annotations.Nullable String authority) {
    return FakeEngine.always(
        Directive.send(
            new Attempt(a().endpoint(), 1, 0, 0, HeaderMutations.NONE, path, authority), 0));
  }

  @Test
  public final void sendsTheBody() throws Exception {
    engine().call(FakeEngine.send(a().endpoint()));
    exchange(post(ORDERS + "/", "a body"));
    ReceivedRequest received = a().takeRequest();
    assertThat(received.method()).isEqualTo("POST");
    assertThat(received.text()).isEqualTo("a body");
  }

  @Test
  public final void sendsABodyThatExistsOnce() throws Exception {
    needs(Limit.NO_ONE_SHOT_BODY);
    engine().call(FakeEngine.send(a().endpoint()));
    exchange(post(ORDERS + "/", "once").sentOnce());
    assertThat(a().takeRequest().text()).isEqualTo("once");
  }

  @Test
  public final void sendsAgainWithTheBodyAfterAResponse() throws Exception {
    a().reply(UpstreamReply.of(503, "not now"));
    engine().call(FakeEngine.send(a().endpoint()), FakeEngine.send(b().endpoint()));
    assertThat(send(put(ORDERS + "/", "payload")).text()).isEqualTo("b");
    assertThat(a().takeRequest().text()).isEqualTo("payload");
    assertThat(b().takeRequest().text()).isEqualTo("payload");
    takeRetried(503);
  }

  private void takeRetried(int firstStatus) throws InterruptedException {
    engine().takeOpened();
    assertThat(engine().takeResponse().status()).isEqualTo(firstStatus);
    assertThat(engine().takeResponse().status()).isEqualTo(200);
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void sendsAgainAfterAFailure() throws Exception {
    engine()
        .call(FakeEngine.send(ScriptedUpstream.deadEndpoint()), FakeEngine.send(b().endpoint()));
    assertThat(send(post(ORDERS + "/", "payload")).text()).isEqualTo("b");
    assertThat(b().takeRequest().text()).isEqualTo("payload");
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.CONNECT);
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void reportsAConnectionThatBrokeAsReset() throws Exception {
    for (int i = 0; i < sendings(); i++) {
      a().reply(UpstreamReply.closeBeforeHead());
    }
    engine().call(FakeEngine.send(a().endpoint()), FakeEngine.send(b().endpoint()));
    assertThat(send(get(ORDERS + "/")).text()).isEqualTo("b");
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.RESET);
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void deliversTheLibrarysOwnFailure() throws Exception {
    engine().call(FakeEngine.send(ScriptedUpstream.deadEndpoint()), FakeEngine.deliver());
    assertFails(() -> send(get(ORDERS + "/")));
    engine().takeOpened();
    engine().takeFailure();
    assertClosed(Outcome.FAILED, 0);
  }

  @Test
  public final void deliversAnErrorStatusWithItsBody() throws Exception {
    a().reply(UpstreamReply.of(404, "no such order"), UpstreamReply.of(500, "broken"));
    for (int status : new int[] {404, 500}) {
      engine().call(FakeEngine.send(a().endpoint()));
      ClientResponse response = send(get(ORDERS + "/"));
      assertThat(response.status()).isEqualTo(status);
      assertThat(response.text()).isEqualTo(status == 404 ? "no such order" : "broken");
      engine().takeOpened();
      engine().takeResponse();
      assertClosed(Outcome.COMPLETED, status);
    }
  }

  @Test
  public final void answersALocalReplyWithoutSending() throws Exception {
    needs(Limit.NO_LOCAL_REPLY);
    LocalReply reply =
        new LocalReply(
            418,
            HeaderMutations.builder().set("x-mesh", "yes").build(),
            "short and stout".getBytes(StandardCharsets.UTF_8),
            "FI");
    engine().call(FakeEngine.always(Directive.reply(reply, 0)));
    ClientResponse response = send(get(ORDERS + "/"));
    assertThat(response.status()).isEqualTo(418);
    assertThat(response.header("x-mesh")).isEqualTo("yes");
    assertThat(response.text()).isEqualTo("short and stout");
    engine().takeOpened();
    assertClosed(Outcome.COMPLETED, 418);
    assertThat(a().connections()).isZero();
  }

  @Test
  public final void answersALocalReplyWithoutBody() throws Exception {
    needs(Limit.NO_LOCAL_REPLY);
    LocalReply reply = new LocalReply(503, HeaderMutations.NONE, new byte[0], "UH");
    engine().call(FakeEngine.always(Directive.reply(reply, 0)));
    ClientResponse response = send(post(ORDERS + "/", "unsent"));
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.text()).isEmpty();
    engine().takeOpened();
    assertClosed(Outcome.COMPLETED, 503);
  }

  @Test
  public final void answersALocalReplyInPlaceOfAResponse() throws Exception {
    needs(Limit.NO_LOCAL_REPLY);
    a().reply(UpstreamReply.of(500, "hidden"));
    engine()
        .call(
            FakeEngine.send(a().endpoint()),
            FakeEngine.always(Directive.reply(LocalReply.text(503, "overflow", "UO"), 0)));
    ClientResponse response = send(get(ORDERS + "/"));
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.text()).isEqualTo("overflow");
    engine().takeOpened();
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 503);
  }

  @Test
  public final void saysWhenABodyCanBeSentAgain() throws Exception {
    needs(Limit.UNKNOWN_BODY);
    List<Boolean> answers = new ArrayList<>();
    engine().call(FakeEngine.send(a().endpoint()), askReplayable(answers));
    engine().call(FakeEngine.send(a().endpoint()), askReplayable(answers));
    exchange(put(ORDERS + "/", "as often as you like"));
    exchange(get(ORDERS + "/"));
    assertThat(answers).containsExactly(true, true);
  }

  @Test
  public final void saysWhenABodyCannotBeSentAgain() throws Exception {
    needs(Limit.NO_ONE_SHOT_BODY);
    List<Boolean> answers = new ArrayList<>();
    engine().call(FakeEngine.send(a().endpoint()), askReplayable(answers));
    exchange(put(ORDERS + "/", "once").sentOnce());
    assertThat(answers).containsExactly(false);
  }

  private static FakeEngine.Step askReplayable(List<Boolean> answers) {
    return request -> {
      answers.add(request.isReplayable());
      return Directive.deliver(HeaderMutations.NONE);
    };
  }

  @Test
  public final void passesOtherDestinationsThrough() throws Exception {
    engine().call(FakeEngine.passThrough());
    ClientResponse response = send(post(a().url("/direct"), "hello"));
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).isEqualTo("a");
    ReceivedRequest received = a().takeRequest();
    assertThat(received.target()).isEqualTo("/direct");
    assertThat(received.text()).isEqualTo("hello");
    assertThat(received.header("host")).isEqualTo("127.0.0.1:" + a().port());
    engine().takeOpened();
    assertThat(engine().takeClosed().outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  public final void changesTheHeadersOfTheResponse() throws Exception {
    a().reply(UpstreamReply.ok("x").header("X-Server", "secret").header("X-Kept", "1"));
    HeaderMutations changes =
        HeaderMutations.builder().remove("x-server").set("x-mesh", "on").build();
    engine().call(FakeEngine.send(a().endpoint()), FakeEngine.deliver(changes));
    ClientResponse response = send(get(ORDERS + "/"));
    assertThat(response.header("X-Server")).isNull();
    assertThat(response.header("X-Mesh")).isEqualTo("on");
    assertThat(response.header("X-Kept")).isEqualTo("1");
    assertThat(response.text()).isEqualTo("x");
    engine().takeOpened();
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void decidesEveryHopOfARedirectOnce() throws Exception {
    needs(Limit.NO_REDIRECTS);
    a().reply(UpstreamReply.of(302, "elsewhere").header("Location", "http://payments.invalid/pay"));
    engine().call(FakeEngine.send(a().endpoint())).call(FakeEngine.send(b().endpoint()));
    assertThat(send(get(ORDERS + "/")).text()).isEqualTo("b");
    assertThat(b().takeRequest().header("host")).isEqualTo("payments.invalid");
    assertThat(engine().takeOpened().authority()).isEqualTo("orders.invalid");
    assertThat(engine().takeResponse().status()).isEqualTo(302);
    engine().takeClosed();
    FakeEngine.Opened second = engine().takeOpened();
    assertThat(second.authority()).isEqualTo("payments.invalid");
    assertThat(second.path()).isEqualTo("/pay");
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void waitsAsLongAsTheDirectiveSays() throws Exception {
    long delay = TimeUnit.MILLISECONDS.toNanos(80);
    engine()
        .call(
            FakeEngine.always(
                Directive.send(
                    new Attempt(a().endpoint(), 1, 0, 0, HeaderMutations.NONE, null, null),
                    delay)));
    long before = System.nanoTime();
    exchange(get(ORDERS + "/"));
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(delay);
  }

  @Test
  public final void asksAgainWhenThePolicyIsThere() throws Exception {
    CompletableFuture<Object> ready = new CompletableFuture<>();
    engine()
        .call(
            request -> {
              ready.complete("policy");
              return Directive.await(ready, TimeUnit.SECONDS.toNanos(10));
            },
            FakeEngine.send(a().endpoint()));
    assertThat(exchange(get(ORDERS + "/"))).isEqualTo("a");
  }
}
