package dev.weft.instrumentation.jettyclient9;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ReceivedRequest;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import dev.weft.transport.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.api.ContentResponse;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.client.api.Result;
import org.eclipse.jetty.client.http.HttpClientTransportOverHTTP;
import org.eclipse.jetty.client.util.BasicAuthentication;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the library does with requests and responses by itself goes on under the mesh. */
@Timeout(20)
final class HandlersTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new JettyClientInstrumentation());

  private static final String ORDERS = "http://orders.invalid/";

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final HttpClient client = new HttpClient();
  private final FakeEngine engine = FakeEngine.install();
  private final ScriptedUpstream a = ScriptedUpstream.start("a");
  private final ScriptedUpstream b = ScriptedUpstream.start("b");
  private final BlockingQueue<Result> results = new LinkedBlockingQueue<>();

  HandlersTest() throws IOException {}

  @BeforeEach
  void start() throws Exception {
    client.start();
  }

  @AfterEach
  void stop() throws Exception {
    client.stop();
    a.close();
    b.close();
    engine.close();
    engine.assertNothingLeft();
  }

  @Test
  void answersAChallengeThroughTheMesh() throws Exception {
    client
        .getAuthenticationStore()
        .addAuthentication(
            new BasicAuthentication(URI.create(ORDERS), "orders", "caller", "secret"));
    a.reply(UpstreamReply.of(401, "who?").header("WWW-Authenticate", "Basic realm=\"orders\""));
    engine
        .call(FakeEngine.send(a.endpoint(), HeaderMutations.builder().set("x-hop", "1").build()))
        .call(FakeEngine.send(b.endpoint()));
    ContentResponse response = client.newRequest(ORDERS).send();
    assertThat(response.getContentAsString()).isEqualTo("b");
    assertThat(a.takeRequest().header("x-hop")).isEqualTo("1");
    ReceivedRequest answer = b.takeRequest();
    assertThat(answer.header("authorization")).startsWith("Basic ");
    assertThat(answer.header("x-hop")).as("of the attempt before").isNull();
    takeExchange(401);
    takeExchange(200);
  }

  @Test
  void deliversAChallengeThatNobodyCanAnswer() throws Exception {
    a.reply(UpstreamReply.of(401, "who?").header("WWW-Authenticate", "Basic realm=\"orders\""));
    engine.call(FakeEngine.send(a.endpoint()));
    ContentResponse response = client.newRequest(ORDERS).send();
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(response.getContentAsString()).isEqualTo("who?");
    takeExchange(401);
  }

  @Test
  void followsARedirectOfTheMesh() throws Exception {
    HeaderMutations location =
        HeaderMutations.builder().set("location", "http://payments.invalid/pay").build();
    engine
        .call(
            FakeEngine.always(Directive.reply(new LocalReply(302, location, new byte[0], "-"), 0)))
        .call(FakeEngine.send(b.endpoint()));
    assertThat(client.newRequest(ORDERS).send().getContentAsString()).isEqualTo("b");
    assertThat(b.takeRequest().header("host")).isEqualTo("payments.invalid");
    engine.takeOpened();
    assertThat(engine.takeClosed().status()).isEqualTo(302);
    takeExchange(200);
  }

  @Test
  void abortsTheHopThatRunsWithTheRequestOfTheApplication() throws Exception {
    a.reply(UpstreamReply.of(302, "").header("Location", "http://payments.invalid/pay"));
    b.reply(UpstreamReply.hang());
    engine.call(FakeEngine.send(a.endpoint())).call(FakeEngine.send(b.endpoint()));
    Request request = client.newRequest(ORDERS);
    request.send(results::add);
    b.takeRequest();
    CancellationException cause = new CancellationException("enough");
    assertThat(request.abort(cause)).isTrue();
    assertThat(take().getFailure()).isSameAs(cause);
    takeExchange(302);
    engine.takeOpened();
    assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.CANCELLED);
    b.awaitOpenConnections(0);
  }

  @Test
  void tellsTheListenersOfOneResponseOnly() throws Exception {
    a.reply(UpstreamReply.of(503, "not now"));
    engine.call(FakeEngine.send(a.endpoint()), FakeEngine.send(b.endpoint()));
    List<String> heard = new CopyOnWriteArrayList<>();
    Request request = client.newRequest(ORDERS);
    request
        .onResponseBegin(response -> heard.add("begin " + response.getStatus()))
        .onResponseHeader(
            (response, field) -> {
              if (field.getName().equalsIgnoreCase("content-length")) {
                heard.add("length " + field.getValue());
              }
              return true;
            })
        .onResponseHeaders(response -> heard.add("headers"))
        .onResponseContent((response, bytes) -> heard.add("content " + bytes.remaining()))
        .onResponseSuccess(response -> heard.add("success"))
        .onResponseFailure((response, failure) -> heard.add("failure"))
        .send(results::add);
    assertThat(take().getRequest()).isSameAs(request);
    assertThat(heard).containsExactly("begin 200", "length 1", "headers", "content 1", "success");
    engine.takeOpened();
    engine.takeResponse();
    engine.takeResponse();
    engine.takeClosed();
  }

  @Test
  void endsARequestWhoseTimeIsOver() throws Exception {
    a.reply(UpstreamReply.hang());
    engine.call(FakeEngine.send(a.endpoint()), FakeEngine.deliver());
    Request request = client.newRequest(ORDERS).timeout(300, TimeUnit.MILLISECONDS);
    assertThatThrownBy(request::send).isInstanceOf(TimeoutException.class);
    engine.takeOpened();
    assertThat(engine.takeFailure().kind()).isNotEqualTo(FailureKind.CONNECT);
    assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.FAILED);
    a.awaitOpenConnections(0);
  }

  @Test
  void waitsForLeaveToSendTheBody() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      CompletableFuture<String> body =
          answer(server, "100 Continue\r\n\r\n", "200 OK\r\nContent-Length: 2\r\n\r\nok");
      engine.call(FakeEngine.send(endpoint(server)));
      assertThat(expecting().send().getContentAsString()).isEqualTo("ok");
      assertThat(body.get(10, TimeUnit.SECONDS)).isEqualTo("payload");
      takeExchange(200);
    }
  }

  @Test
  void deliversARefusalOfTheBody() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      CompletableFuture<String> body =
          answer(server, "417 Too Large\r\nContent-Length: 2\r\n\r\nno", "");
      engine.call(FakeEngine.send(endpoint(server)));
      expecting().send(results::add);
      Result result = take();
      assertThat(result.getResponse().getStatus()).isEqualTo(417);
      assertThat(result.getResponseFailure()).isNull();
      assertThat(result.getRequestFailure()).hasMessage("Expectation failed");
      assertThat(body.get(10, TimeUnit.SECONDS)).isEmpty();
      takeExchange(417);
    }
  }

  @Test
  void takesOtherTransportsForNoneOfIts() {
    assertThat(Transports.areOfHttp1(HttpClientTransportOverHTTP.class)).isTrue();
    assertThat(Transports.areOfHttp1(Object.class)).isFalse();
  }

  private Request expecting() {
    Request request = client.newRequest(ORDERS).method("POST").header("Expect", "100-continue");
    Bodies.bytes(request, "text/plain", "payload".getBytes(StandardCharsets.UTF_8));
    return request;
  }

  private static Endpoint endpoint(ServerSocket server) {
    return new Endpoint(
        "orders" + Endpoint.SUFFIX, LOOPBACK.getAddress(), server.getLocalPort(), false);
  }

  /** Reads a head, answers, reads what is sent after that, and answers again if there was some. */
  private static CompletableFuture<String> answer(ServerSocket server, String head, String end) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            StringBuilder read = new StringBuilder();
            while (read.indexOf("\r\n\r\n") < 0) {
              read.append((char) in.read());
            }
            write(socket, "HTTP/1.1 " + head);
            byte[] body = in.readNBytes("payload".length());
            if (body.length > 0) {
              write(socket, "HTTP/1.1 " + end);
            }
            return new String(body, StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private void takeExchange(int status) throws InterruptedException {
    engine.takeOpened();
    assertThat(engine.takeResponse().status()).isEqualTo(status);
    FakeEngine.Closed closed = engine.takeClosed();
    assertThat(closed.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(closed.status()).isEqualTo(status);
  }

  private Result take() throws InterruptedException {
    Result result = results.poll(10, TimeUnit.SECONDS);
    assertThat(result).as("the end of the request").isNotNull();
    return result;
  }
}
