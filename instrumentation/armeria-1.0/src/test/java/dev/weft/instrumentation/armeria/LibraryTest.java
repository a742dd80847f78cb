package dev.weft.instrumentation.armeria;

import static dev.weft.testkit.FakeEngine.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import com.linecorp.armeria.client.retry.RetryRule;
import com.linecorp.armeria.client.retry.RetryingClient;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.logging.RequestLog;
import dev.weft.context.CallContext;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.Directive;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the library does around a request goes on working. */
@Timeout(20)
class LibraryTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new ArmeriaInstrumentation());

  private final FakeEngine engine = FakeEngine.install();
  private final BlockingQueue<RequestLog> logs = new ArrayBlockingQueue<>(10);
  private ScriptedUpstream a;
  private ScriptedUpstream b;

  @BeforeEach
  void start() throws Exception {
    a = ScriptedUpstream.start("a");
    b = ScriptedUpstream.start("b");
  }

  @AfterEach
  void stop() throws Exception {
    a.close();
    b.close();
    engine.close();
    engine.assertNothingLeft();
  }

  private static String get(WebClient client) throws Exception {
    return client.get("/").aggregate().get(15, TimeUnit.SECONDS).contentUtf8();
  }

  private WebClient logged() {
    return WebClient.builder("h1c://orders.invalid")
        .decorator(
            (delegate, context, request) -> {
              context.log().whenComplete().thenAccept(logs::add);
              return delegate.execute(context, request);
            })
        .build();
  }

  private RequestLog log() throws InterruptedException {
    RequestLog log = logs.poll(10, TimeUnit.SECONDS);
    assertThat(log).as("the log of the request is complete").isNotNull();
    return log;
  }

  @Test
  void endsTheLogOfARequestWithThatOfItsLastAttempt() throws Exception {
    a.reply(UpstreamReply.of(503, "no"));
    engine.call(send(a.endpoint()), send(b.endpoint()));
    assertThat(get(logged())).isEqualTo("b");
    RequestLog log = log();
    assertThat(log.responseHeaders().status()).isEqualTo(HttpStatus.OK);
    assertThat(log.responseCause()).isNull();
    assertThat(log.requestHeaders().authority()).isEqualTo("orders.invalid");
    assertThat(log.children()).hasSize(2);
    engine.takeOpened();
    engine.takeResponse();
    engine.takeResponse();
    engine.takeClosed();
  }

  @Test
  void endsTheLogOfARequestThatFailed() throws Exception {
    engine.call(send(ScriptedUpstream.deadEndpoint()), FakeEngine.deliver());
    assertThatThrownBy(() -> get(logged())).isInstanceOf(ExecutionException.class);
    assertThat(log().responseCause()).isNotNull();
    engine.takeOpened();
    engine.takeFailure();
    engine.takeClosed();
  }

  @Test
  void endsTheLogOfARequestThatTheMeshAnswered() throws Exception {
    engine.call(FakeEngine.always(Directive.reply(LocalReply.text(503, "overflow", "UO"), 0)));
    assertThat(get(logged())).isEqualTo("overflow");
    RequestLog log = log();
    assertThat(log.responseHeaders().status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    assertThat(log.responseCause()).isNull();
    engine.takeOpened();
    engine.takeClosed();
  }

  @Test
  void decidesEachAttemptOfTheLibrarysOwnRetries() throws Exception {
    a.reply(UpstreamReply.of(503, "no"));
    engine
        .call(send(a.endpoint()))
        .call(
            request -> {
              assertThat(CallContext.current()).isEqualTo(CALL);
              return send(b.endpoint()).decide(request);
            });
    CallContext before = CALL.attach();
    try {
      WebClient client =
          WebClient.builder("h1c://orders.invalid")
              .decorator(RetryingClient.newDecorator(RetryRule.failsafe()))
              .build();
      assertThat(get(client)).isEqualTo("b");
    } finally {
      CallContext.restore(before);
    }
    for (int status : new int[] {503, 200}) {
      engine.takeOpened();
      assertThat(engine.takeResponse().status()).isEqualTo(status);
      engine.takeClosed();
    }
  }

  private static final CallContext CALL = CallContext.of(List.of("x-request-id", "1"));

  @Test
  void keepsTheTimeoutOfTheApplicationWhileAnAttemptRuns() throws Exception {
    a.reply(UpstreamReply.hang());
    engine.call(send(a.endpoint()), FakeEngine.deliver());
    WebClient client = WebClient.builder("h1c://orders.invalid").responseTimeoutMillis(300).build();
    assertThatThrownBy(() -> get(client)).hasRootCauseInstanceOf(ResponseTimeoutException.class);
    engine.takeOpened();
    engine.takeFailure();
    engine.takeClosed();
    a.awaitOpenConnections(0);
  }

  @Test
  void keepsTheTimeoutOfTheApplicationWhileTheMeshWaits() throws Exception {
    engine.call(
        FakeEngine.always(
            Directive.send(
                new Attempt(a.endpoint(), 1, 0, 0, HeaderMutations.NONE, null, null),
                TimeUnit.SECONDS.toNanos(60))));
    WebClient client = WebClient.builder("h1c://orders.invalid").responseTimeoutMillis(300).build();
    assertThatThrownBy(() -> get(client)).hasRootCauseInstanceOf(ResponseTimeoutException.class);
    engine.takeOpened();
    assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(a.connections()).isZero();
  }

  @Test
  void letsTheMeshChangeWhatTheContextAdds() throws Exception {
    HeaderMutations changes =
        HeaderMutations.builder().set("x-set", "mesh").remove("x-gone").build();
    engine.call(
        request -> {
          assertThat(request.header("x-set")).isEqualTo("application");
          return send(a.endpoint(), changes).decide(request);
        });
    WebClient client =
        WebClient.builder("h1c://orders.invalid")
            .decorator(
                (delegate, context, request) -> {
                  context.setAdditionalRequestHeader("x-set", "application");
                  context.setAdditionalRequestHeader("x-gone", "1");
                  context.setAdditionalRequestHeader(HttpHeaderNames.AUTHORITY, "shop.example");
                  return delegate.execute(context, request);
                })
            .build();
    assertThat(get(client)).isEqualTo("a");
    var received = a.takeRequest();
    assertThat(received.header("x-set")).isEqualTo("mesh");
    assertThat(received.header("x-gone")).isNull();
    assertThat(received.header("host")).isEqualTo("shop.example");
    assertThat(received.header("transfer-encoding")).isNull();
    assertThat(engine.takeOpened().authority()).isEqualTo("shop.example");
    engine.takeResponse();
    engine.takeClosed();
  }

  @Test
  void leavesARequestOverAProxyAlone() throws Exception {
    // A port that nobody listens at: nothing of the request may leave.
    ClientFactory factory =
        ClientFactory.builder()
            .proxyConfig(ProxyConfig.socks5(ScriptedUpstream.deadEndpoint().socketAddress()))
            .build();
    try {
      WebClient client =
          WebClient.builder(a.url("/").replace("http", "h1c")).factory(factory).build();
      assertThatThrownBy(() -> get(client)).isInstanceOf(ExecutionException.class);
    } finally {
      factory.closeAsync();
    }
    assertThat(a.connections()).isZero();
  }
}
