package dev.weft.instrumentation.httpurlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.outbound.Directive;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ReceivedRequest;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the class promises beyond an exchange: getters in any order, modes, and its own errors. */
@Timeout(20)
class MeshConnectionTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new HttpUrlConnectionInstrumentation());

  private final FakeEngine engine = FakeEngine.install();
  private final ScriptedUpstream upstream = start();

  private static ScriptedUpstream start() {
    try {
      return ScriptedUpstream.start("up");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
    upstream.close();
    engine.assertNothingLeft();
  }

  private HttpURLConnection open() throws IOException {
    engine.call(FakeEngine.send(upstream.endpoint()));
    return unscripted("http://orders.invalid/x");
  }

  private static HttpURLConnection unscripted(String uri) throws IOException {
    return (HttpURLConnection) URI.create(uri).toURL().openConnection();
  }

  private static String text(InputStream body) throws IOException {
    try (body) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void takeExchange(int status) throws InterruptedException {
    engine.takeOpened();
    engine.takeResponse();
    assertThat(engine.takeClosed().status()).isEqualTo(status);
  }

  @Test
  void answersGettersBeforeTheBodyIsAskedFor() throws Exception {
    upstream.reply(
        UpstreamReply.ok("hello")
            .header("Content-Type", "text/plain")
            .header("X-Many", "1")
            .header("X-Many", "2"));
    HttpURLConnection connection = open();
    assertThat(connection.getHeaderField("x-many")).isEqualTo("2");
    assertThat(connection.getContentType()).isEqualTo("text/plain");
    assertThat(connection.getContentLength()).isEqualTo(5);
    assertThat(connection.getContentLengthLong()).isEqualTo(5);
    assertThat(connection.getHeaderField(0)).isEqualTo("HTTP/1.1 200 Scripted");
    assertThat(connection.getHeaderFieldKey(0)).isNull();
    assertThat(connection.getHeaderFieldKey(1)).isEqualTo("Content-Length");
    assertThat(connection.getHeaderFields()).containsEntry("X-Many", List.of("2", "1"));
    assertThat(connection.getResponseMessage()).isEqualTo("Scripted");
    assertThat(connection.getErrorStream()).isNull();
    assertThat(connection.getResponseCode()).isEqualTo(200);
    assertThat(text(connection.getInputStream())).isEqualTo("hello");
    assertThat(connection.getURL().getHost()).isEqualTo("orders.invalid");
    takeExchange(200);
    assertThat(upstream.waiting()).isEqualTo(1);
  }

  @Test
  void throwsForAnErrorStatusEachTimeAndGivesItsBody() throws Exception {
    upstream.reply(UpstreamReply.of(404, "none"), UpstreamReply.of(503, "later"));
    HttpURLConnection missing = open();
    assertThatThrownBy(missing::getInputStream).isInstanceOf(FileNotFoundException.class);
    assertThatThrownBy(missing::getInputStream).isInstanceOf(FileNotFoundException.class);
    assertThat(text(missing.getErrorStream())).isEqualTo("none");
    takeExchange(404);
    HttpURLConnection failing = open();
    assertThatThrownBy(failing::getInputStream)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("503");
    assertThat(failing.getResponseCode()).isEqualTo(503);
    assertThat(text(failing.getErrorStream())).isEqualTo("later");
    takeExchange(503);
  }

  @Test
  void throwsForALocalReplyAsForAnErrorOfTheServer() throws Exception {
    engine.call(
        FakeEngine.always(
            Directive.reply(
                new LocalReply(
                    503,
                    HeaderMutations.NONE,
                    "no healthy upstream".getBytes(StandardCharsets.UTF_8),
                    "UH"),
                0)));
    HttpURLConnection connection = unscripted("http://orders.invalid/");
    assertThatThrownBy(connection::getInputStream).hasMessageContaining("503");
    assertThat(connection.getResponseCode()).isEqualTo(503);
    assertThat(text(connection.getErrorStream())).isEqualTo("no healthy upstream");
    assertThat(connection.getContentLength()).isEqualTo(19);
    engine.takeOpened();
    engine.takeClosed();
  }

  @Test
  void keepsTheRulesOfItsSetters() throws Exception {
    HttpURLConnection connection = open();
    assertThatThrownBy(connection::getOutputStream).isInstanceOf(ProtocolException.class);
    connection.setRequestProperty("X-One", "1");
    connection.addRequestProperty("X-One", "2");
    assertThat(connection.getRequestProperty("X-One")).isEqualTo("2");
    assertThatThrownBy(() -> connection.setRequestMethod("PATCH"))
        .isInstanceOf(ProtocolException.class);
    assertThat(connection.getResponseCode()).isEqualTo(200);
    assertThatThrownBy(() -> connection.setRequestProperty("X-Late", "1"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> connection.setDoOutput(true))
        .isInstanceOf(IllegalStateException.class);
    assertThat(text(connection.getInputStream())).isEqualTo("up");
    assertThat(upstream.takeRequest().header("x-one")).isEqualTo("1,2");
    takeExchange(200);
  }

  @Test
  void sendsAMethodThatALibraryForcedIn() throws Exception {
    HttpURLConnection connection = open();
    // What starting with --add-opens java.base/java.net=ALL-UNNAMED does.
    ByteBuddyAgent.install()
        .redefineModule(
            Object.class.getModule(),
            Set.of(),
            Map.of(),
            Map.of("java.net", Set.of(getClass().getModule(), connection.getClass().getModule())),
            Set.of(),
            Map.of());
    Field method = HttpURLConnection.class.getDeclaredField("method");
    method.setAccessible(true);
    method.set(connection, "PATCH");
    connection.setDoOutput(true);
    connection.getOutputStream().write("patch".getBytes(StandardCharsets.UTF_8));
    assertThat(text(connection.getInputStream())).isEqualTo("up");
    ReceivedRequest received = upstream.takeRequest();
    assertThat(received.method()).isEqualTo("PATCH");
    assertThat(received.text()).isEqualTo("patch");
    takeExchange(200);
  }

  @Test
  void turnsAGetWithABodyIntoAPost() throws Exception {
    HttpURLConnection connection = open();
    connection.setDoOutput(true);
    connection.getOutputStream().write("body".getBytes(StandardCharsets.UTF_8));
    assertThat(text(connection.getInputStream())).isEqualTo("up");
    assertThat(upstream.takeRequest().method()).isEqualTo("POST");
    takeExchange(200);
  }

  @Test
  void streamsABodyOfKnownLengthWhileItIsWritten() throws Exception {
    HttpURLConnection connection = open();
    connection.setRequestMethod("PUT");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(6L);
    try (OutputStream out = connection.getOutputStream()) {
      // Decided before a byte of the body is written.
      engine.takeOpened();
      out.write("abc".getBytes(StandardCharsets.UTF_8));
      out.write("def".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(connection.getResponseCode()).isEqualTo(200);
    assertThat(text(connection.getInputStream())).isEqualTo("up");
    ReceivedRequest received = upstream.takeRequest();
    assertThat(received.text()).isEqualTo("abcdef");
    assertThat(received.header("content-length")).isEqualTo("6");
    engine.takeResponse();
    engine.takeClosed();
  }

  @Test
  void takesTheBodyOfARequestThatIsAnsweredLocally() throws Exception {
    engine.call(FakeEngine.always(Directive.reply(LocalReply.text(429, "slow down", "RL"), 0)));
    HttpURLConnection connection = unscripted("http://orders.invalid/");
    connection.setDoOutput(true);
    connection.setChunkedStreamingMode(0);
    connection.getOutputStream().write(new byte[1000]);
    assertThat(connection.getResponseCode()).isEqualTo(429);
    engine.takeOpened();
    engine.takeClosed();
  }

  @Test
  void doesNotFollowARedirectOfAStreamedBody() throws Exception {
    upstream.reply(UpstreamReply.of(307, "").header("Location", "http://other.invalid/"));
    HttpURLConnection connection = open();
    connection.setDoOutput(true);
    connection.setChunkedStreamingMode(0);
    connection.getOutputStream().write(1);
    connection.getOutputStream().close();
    assertThatThrownBy(connection::getInputStream).isInstanceOf(HttpRetryException.class);
    takeExchange(307);
  }

  @Test
  void followsARedirectOfAPostByTheJdksRules() throws Exception {
    upstream.reply(UpstreamReply.of(302, "").header("Location", "/get"));
    HttpURLConnection found = open();
    engine.call(FakeEngine.send(upstream.endpoint()));
    found.setDoOutput(true);
    found.getOutputStream().write("body".getBytes(StandardCharsets.UTF_8));
    assertThat(text(found.getInputStream())).isEqualTo("up");
    assertThat(found.getURL().getPath()).isEqualTo("/get");
    assertThat(upstream.takeRequest().method()).isEqualTo("POST");
    assertThat(upstream.takeRequest().method()).isEqualTo("GET");
    takeExchange(302);
    takeExchange(200);
    upstream.reply(UpstreamReply.of(307, "").header("Location", "/post"));
    HttpURLConnection temporary = open();
    engine.call(FakeEngine.send(upstream.endpoint()));
    temporary.setDoOutput(true);
    temporary.getOutputStream().write("body".getBytes(StandardCharsets.UTF_8));
    assertThat(text(temporary.getInputStream())).isEqualTo("up");
    upstream.takeRequest();
    assertThat(upstream.takeRequest().text()).isEqualTo("body");
    takeExchange(307);
    takeExchange(200);
  }

  @Test
  void givesARedirectToAnApplicationThatFollowsByItself() throws Exception {
    upstream.reply(UpstreamReply.of(302, "").header("Location", "/elsewhere"));
    HttpURLConnection connection = open();
    connection.setInstanceFollowRedirects(false);
    assertThat(connection.getResponseCode()).isEqualTo(302);
    assertThat(connection.getHeaderField("Location")).isEqualTo("/elsewhere");
    takeExchange(302);
  }

  @Test
  void endsAWaitWhenAnotherThreadDisconnects() throws Exception {
    upstream.reply(UpstreamReply.hang());
    HttpURLConnection connection = open();
    CompletableFuture<Integer> status =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return connection.getResponseCode();
              } catch (IOException e) {
                return -1;
              }
            });
    upstream.takeRequest();
    connection.disconnect();
    assertThat(status.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
    engine.takeOpened();
    assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.CANCELLED);
    upstream.awaitOpenConnections(0);
  }

  @Test
  void closesThePooledConnectionOnDisconnect() throws Exception {
    HttpURLConnection connection = open();
    assertThat(connection.getInputStream().readAllBytes()).hasSize(2);
    connection.disconnect();
    upstream.awaitOpenConnections(0);
    takeExchange(200);
  }

  @Test
  void reportsABodyThatIsDisconnectedAsCancelled() throws Exception {
    upstream.reply(UpstreamReply.pauseInBody(new byte[4 << 20]));
    HttpURLConnection connection = open();
    assertThat(connection.getResponseCode()).isEqualTo(200);
    connection.disconnect();
    engine.takeOpened();
    engine.takeResponse();
    assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.CANCELLED);
    upstream.awaitOpenConnections(0);
  }

  @Test
  void leavesARequestThroughAProxyOfTheApplicationAlone() throws Exception {
    Proxy proxy =
        new Proxy(
            Proxy.Type.HTTP, InetSocketAddress.createUnresolved("127.0.0.1", upstream.port()));
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://orders.invalid/x").toURL().openConnection(proxy);
    assertThat(text(connection.getInputStream())).isEqualTo("up");
    assertThat(upstream.takeRequest().target()).isEqualTo("http://orders.invalid/x");
  }
}
