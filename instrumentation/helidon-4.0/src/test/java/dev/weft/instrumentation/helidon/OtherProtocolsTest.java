package dev.weft.instrumentation.helidon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ServerMesh;
import dev.weft.testkit.ServerMesh.Arrival;
import dev.weft.testkit.ServerMesh.End;
import dev.weft.testkit.ServerPortsRecorder;
import dev.weft.transport.TransportSecurity;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HTTP/2, and what leaves HTTP before it is routed: no way past the mesh. */
@Timeout(60)
@EnabledForJreRange(min = JRE.JAVA_21)
final class OtherProtocolsTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new HelidonInstrumentation());

  private final ServerMesh mesh = new ServerMesh();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
  private final WebServer server =
      WebServer.builder()
          .port(0)
          .shutdownHook(false)
          .shutdownGracePeriod(Duration.ofMillis(1))
          .routing(routing -> routing.any((request, response) -> response.send("hello")))
          .addRouting(
              WsRouting.builder()
                  .endpoint(
                      "/socket",
                      new WsListener() {
                        @Override
                        public void onMessage(WsSession session, String text, boolean last) {
                          session.send("echo:" + text, true);
                        }
                      }))
          .build();
  private @Nullable Mesh before;

  @BeforeEach
  void start() {
    before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                mesh,
                TransportSecurity.PLAINTEXT,
                new ServerPortsRecorder(),
                (where, problem) -> problems.add(where + ": " + problem)));
    mesh.decide(arrival -> arrival.path.contains("no") ? LocalReply.text(403, "no", "-") : null);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
    if (before != null) {
      Mesh.install(before);
    }
    mesh.assertNothingLeft();
    assertThat(problems).isEmpty();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://localhost:" + server.port() + path);
    return client
        .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .get(20, TimeUnit.SECONDS);
  }

  private WebSocket open(String path) throws Exception {
    return client
        .newWebSocketBuilder()
        .buildAsync(
            URI.create("ws://localhost:" + server.port() + path),
            new WebSocket.Listener() {
              @Override
              public @Nullable CompletionStage<?> onText(
                  WebSocket socket, CharSequence text, boolean last) {
                heard.add(text.toString());
                socket.request(1);
                return null;
              }
            })
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void decidesEachRequestOfHttp2TheOneThatAsksForItToo() throws Exception {
    for (String path : List.of("/no", "/first", "/second?x", "/no", "/third")) {
      HttpResponse<String> response = get(path);
      boolean refused = path.equals("/no");
      assertThat(response.body()).isEqualTo(refused ? "no" : "hello");
      Arrival seen = mesh.take();
      assertThat(seen.path).isEqualTo(path);
      assertThat(seen.authority).isEqualTo("localhost:" + server.port());
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, refused ? 403 : 200));
    }
    assertThat(get("/last").version()).isEqualTo(HttpClient.Version.HTTP_2);
    mesh.take().end();
  }

  @Test
  void decidesAWebSocketOnceAndTellsItsEnd() throws Exception {
    WebSocket socket = open("/socket");
    Arrival seen = mesh.take();
    assertThat(seen.path).isEqualTo("/socket");
    socket.sendText("one", true).get(20, TimeUnit.SECONDS);
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("echo:one");
    assertThat(seen.isOpen()).isTrue();
    socket.abort();
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 101));
  }

  @Test
  void closesAWebSocketThatIsRevoked() throws Exception {
    open("/socket");
    Arrival seen = mesh.take();
    seen.revoke();
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 101));
  }

  @Test
  void answersAWebSocketThatIsRefused() throws Exception {
    assertThatThrownBy(() -> open("/socket?no"))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
    assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 403));
  }

  @Test
  void decidesOnceWhatIsNotUpgraded() throws Exception {
    assertThatThrownBy(() -> open("/elsewhere")).isInstanceOf(ExecutionException.class);
    assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
  }
}
