package dev.weft.instrumentation.armeria;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import dev.weft.instrumentation.netty.NettyClientInstrumentation;
import dev.weft.instrumentation.netty.NettyInstrumentation;
import dev.weft.testkit.ClientTransport;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ReceivedRequest;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the client tries first, it comes to an understanding with the server, also over TLS. */
@Timeout(30)
class HttpVersionsTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(
          new ArmeriaInstrumentation(),
          new NettyClientInstrumentation(),
          new NettyInstrumentation());

  private static final MeshCertificates MESH = new MeshCertificates();
  private static final String CALLER = "spiffe://mesh.test/ns/default/sa/caller";
  private static final String ORDERS = "spiffe://mesh.test/ns/default/sa/orders";

  @ParameterizedTest
  @CsvSource({
    "http, true, false, h2c",
    "http, true, true, h2c",
    "http, false, false, h2c",
    // This server takes no upgrade over TLS: what is tried next differs.
    "http, false, true, h1c h2c",
    "h2c, true, true, h2c",
    "h1c, true, true, h1c"
  })
  void speaksWithAServerOfBothVersions(String scheme, boolean preface, boolean tls, String expected)
      throws Exception {
    Transport transport = new Transport(tls);
    Server server =
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .serviceUnder(
                "/",
                (context, request) ->
                    HttpResponse.of(
                        context.sessionProtocol().uriText() + " " + request.authority()))
            .build();
    server.start().get(20, TimeUnit.SECONDS);
    transport.port = server.activeLocalPort();
    Endpoint endpoint = endpoint(server.activeLocalPort(), tls);
    transport.client.expect(endpoint, ORDERS);
    ClientFactory factory = ClientFactory.builder().useHttp2Preface(preface).build();
    try (FakeEngine engine = FakeEngine.install(transport)) {
      WebClient client = WebClient.builder(scheme + "://orders.invalid").factory(factory).build();
      for (int i = 0; i < 3; i++) {
        engine.call(FakeEngine.send(endpoint));
        AggregatedHttpResponse response = send(client);
        String[] spoken = response.contentUtf8().split(" ", 2);
        assertThat(spoken[0]).isIn((Object[]) expected.split(" "));
        assertThat(spoken[1]).isEqualTo("orders.invalid");
        engine.takeOpened();
        engine.takeResponse();
        engine.takeClosed();
      }
      engine.assertNothingLeft();
    } finally {
      factory.closeAsync();
      server.stop();
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void fallsBackToHttp1(boolean preface, boolean tls) throws Exception {
    Transport transport = new Transport(false);
    ClientFactory factory = ClientFactory.builder().useHttp2Preface(preface).build();
    try (FakeEngine engine = FakeEngine.install(transport);
        ScriptedUpstream old =
            ScriptedUpstream.start(
                "old",
                tls
                    ? new ServerTls(ServerTls.Mode.STRICT, MESH.context(ORDERS))
                    : ServerTls.DISABLED)) {
      Endpoint endpoint = old.endpoint("old" + preface, tls);
      transport.client.expect(endpoint, ORDERS);
      WebClient client = WebClient.builder("http://orders.invalid").factory(factory).build();
      engine.call(FakeEngine.send(endpoint));
      assertThat(send(client).contentUtf8()).isEqualTo("old");
      ReceivedRequest received = old.takeRequest();
      while (received.method().equals("OPTIONS")) {
        assertThat(received.secure()).isEqualTo(tls);
        assertThat(received.header("host")).isEqualTo("127.0.0.1:" + old.port());
        received = old.takeRequest();
      }
      assertThat(received.secure()).isEqualTo(tls);
      assertThat(received.header("host")).isEqualTo("orders.invalid");
      engine.takeOpened();
      engine.takeResponse();
      engine.takeClosed();
      engine.assertNothingLeft();
    } finally {
      factory.closeAsync();
    }
  }

  private static AggregatedHttpResponse send(WebClient client) throws Exception {
    return client
        .execute(HttpRequest.of(HttpMethod.POST, "/", MediaType.PLAIN_TEXT_UTF_8, "body"))
        .aggregate()
        .get(20, TimeUnit.SECONDS);
  }

  private static Endpoint endpoint(int port, boolean tls) {
    String name = "orders" + (tls ? Endpoint.TLS_SUFFIX : Endpoint.SUFFIX);
    return new Endpoint(name, new byte[] {127, 0, 0, 1}, port, tls);
  }

  /** Both sides of the mesh in one process. */
  private static final class Transport implements TransportSecurity {

    final ClientTransport client = new ClientTransport(MESH, CALLER);
    private final boolean strict;
    volatile int port;

    Transport(boolean strict) {
      this.strict = strict;
    }

    @Override
    public @Nullable ClientTls client(String peerHost) {
      return client.client(peerHost);
    }

    @Override
    public ServerTls server(int localPort) {
      return strict && localPort == port
          ? new ServerTls(ServerTls.Mode.STRICT, MESH.context(ORDERS))
          : ServerTls.DISABLED;
    }

    @Override
    public void connected(InetSocketAddress remote, int localPort, SSLSession session) {}

    @Override
    public void disconnected(InetSocketAddress remote, int localPort) {}
  }
}
