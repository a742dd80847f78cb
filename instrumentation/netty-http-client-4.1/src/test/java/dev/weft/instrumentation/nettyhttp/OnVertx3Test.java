package dev.weft.instrumentation.nettyhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.instrumentation.netty.NettyClientInstrumentation;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedConnection;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client of Vert.x 3, which puts its codec in when it is connected. */
@Timeout(30)
// Handlers before the request is sent are how Vert.x 3 is used.
@SuppressWarnings("deprecation")
class OnVertx3Test {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new NettyHttpClientInstrumentation(), new NettyClientInstrumentation());

  private final FakeEngine engine = FakeEngine.install();
  private final ScriptedUpstream a = ScriptedUpstream.start("a");
  private final ScriptedUpstream b = ScriptedUpstream.start("b");
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = vertx.createHttpClient();

  OnVertx3Test() throws IOException {}

  @AfterEach
  void close() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    vertx.close(done -> closed.complete(null));
    closed.get(10, TimeUnit.SECONDS);
    a.close();
    b.close();
    engine.close();
    engine.assertNothingLeft();
  }

  private String put(String host, int port) throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    HttpClientRequest request = client.request(HttpMethod.PUT, port, host, "/orders");
    request.exceptionHandler(answer::completeExceptionally);
    request.handler(
        response -> {
          response.exceptionHandler(answer::completeExceptionally);
          response.bodyHandler(
              body -> answer.complete(response.statusCode() + " " + body.toString()));
        });
    request.end(Buffer.buffer("payload"));
    return answer.get(10, TimeUnit.SECONDS);
  }

  @Test
  void isGovernedUnderANameThatOnlyTheMeshKnows() throws Exception {
    engine.routes("orders.invalid:80");
    // The floor wants it too, and is asked when there is no codec yet: by then it must be too late.
    ScriptedConnection floor = ScriptedConnection.to(ScriptedUpstream.deadEndpoint());
    engine.connection("orders.invalid:80", floor);
    for (int i = 0; i < 3; i++) {
      a.reply(UpstreamReply.of(503, "not now"));
      engine.call(FakeEngine.send(a.endpoint()), FakeEngine.send(b.endpoint()));
      assertThat(put("orders.invalid", 80)).isEqualTo("200 b");
      assertThat(a.takeRequest().text()).isEqualTo("payload");
      assertThat(b.takeRequest().text()).isEqualTo("payload");
      assertThat(engine.takeOpened().authority()).isEqualTo("orders.invalid");
      engine.takeResponse();
      engine.takeResponse();
      assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.COMPLETED);
    }
    assertThat(a.connections()).isEqualTo(1);
    assertThat(b.connections()).isEqualTo(1);
    assertThat(floor.events()).isEmpty();
  }

  @Test
  void isGovernedOnAConnectionToTheHostItself() throws Exception {
    engine.call(FakeEngine.send(b.endpoint())).call(FakeEngine.passThrough());
    assertThat(put("127.0.0.1", a.port())).isEqualTo("200 b");
    engine.takeOpened();
    engine.takeResponse();
    engine.takeClosed();
    assertThat(put("127.0.0.1", a.port())).isEqualTo("200 a");
    engine.takeOpened();
    assertThat(engine.takeClosed().status()).isEqualTo(200);
  }
}
