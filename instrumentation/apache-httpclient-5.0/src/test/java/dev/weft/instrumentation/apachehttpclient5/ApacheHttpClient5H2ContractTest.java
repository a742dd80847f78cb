package dev.weft.instrumentation.apachehttpclient5;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.Directive;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientTransport;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.transport.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.H2AsyncClientBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.nio.AsyncRequestConsumer;
import org.apache.hc.core5.http.nio.AsyncServerRequestHandler;
import org.apache.hc.core5.http.nio.entity.StringAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.entity.StringAsyncEntityProducer;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.http.nio.support.BasicRequestConsumer;
import org.apache.hc.core5.http.nio.support.BasicResponseProducer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.http2.ssl.H2ServerTlsStrategy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ListenerEndpoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HTTP/2, in plaintext with prior knowledge and through mutual TLS. */
@Timeout(30)
final class ApacheHttpClient5H2ContractTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation());

  private static final MeshCertificates MESH = new MeshCertificates();
  private static final String CALLER = "spiffe://mesh.test/ns/default/sa/caller";
  private static final String ORDERS = "spiffe://mesh.test/ns/default/sa/orders";

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private @Nullable FakeEngine engine;
  private @Nullable HttpAsyncServer server;

  @AfterEach
  void nothingIsLeft() {
    if (server != null) {
      server.close(CloseMode.IMMEDIATE);
    }
    FakeEngine installed = requireNonNull(engine);
    installed.close();
    installed.assertNothingLeft();
  }

  @Test
  void sendsToTheEndpointOfTheAttempt() throws Exception {
    engine = FakeEngine.install();
    Endpoint endpoint = endpoint("plain" + Endpoint.SUFFIX, start(null), false);
    exchange(endpoint, "orders.invalid:8080");
  }

  @Test
  void sendsThroughMutualTls() throws Exception {
    ClientTransport transport = new ClientTransport(MESH, CALLER);
    engine = FakeEngine.install(transport);
    int port = start(MESH.context(ORDERS));
    Endpoint endpoint = endpoint("orders" + Endpoint.TLS_SUFFIX, port, true);
    transport.expect(endpoint, ORDERS);
    exchange(endpoint, "orders.invalid:8080");
  }

  @Test
  void refusesAPeerOfAnotherIdentity() throws Exception {
    ClientTransport transport = new ClientTransport(MESH, CALLER);
    FakeEngine installed = FakeEngine.install(transport);
    engine = installed;
    int port = start(MESH.context(ORDERS));
    Endpoint endpoint = endpoint("other" + Endpoint.TLS_SUFFIX, port, true);
    transport.expect(endpoint, "spiffe://mesh.test/ns/default/sa/other");
    installed.call(FakeEngine.send(endpoint));
    try (AsyncApacheClient client = new AsyncApacheClient(client())) {
      assertThatThrownBy(() -> client.send(ClientRequest.get("http://orders.invalid/")))
          .isInstanceOf(Exception.class);
    }
    installed.takeOpened();
    installed.takeFailure();
    assertThat(installed.takeClosed().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(received).isEmpty();
  }

  @Test
  void sendsAgainAfterAnAttemptThatFailed() throws Exception {
    FakeEngine installed = FakeEngine.install();
    engine = installed;
    Endpoint endpoint = endpoint("plain" + Endpoint.SUFFIX, start(null), false);
    installed.call(
        FakeEngine.send(ScriptedUpstream.deadEndpoint()),
        FakeEngine.always(
            Directive.send(
                new Attempt(endpoint, 2, 0, 0, HeaderMutations.NONE, null, "internal.example"),
                0)));
    try (AsyncApacheClient client = new AsyncApacheClient(client())) {
      assertThat(client.send(ClientRequest.put("http://orders.invalid/", "twice")).text())
          .isEqualTo("twice");
    }
    assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("PUT internal.example/");
    installed.takeOpened();
    installed.takeFailure();
    installed.takeResponse();
    assertThat(installed.takeClosed().outcome()).isEqualTo(Outcome.COMPLETED);
  }

  private void exchange(Endpoint endpoint, String authority) throws Exception {
    FakeEngine installed = requireNonNull(engine);
    try (AsyncApacheClient client = new AsyncApacheClient(client())) {
      for (int i = 0; i < 3; i++) {
        installed.call(FakeEngine.send(endpoint));
        ClientRequest request = ClientRequest.post("http://" + authority + "/list?x=1", "body");
        assertThat(client.send(request).text()).isEqualTo("body");
        assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("POST " + authority + "/list?x=1");
        assertThat(installed.takeOpened().authority()).isEqualTo(authority);
        installed.takeResponse();
        assertThat(installed.takeClosed().outcome()).isEqualTo(Outcome.COMPLETED);
      }
    }
  }

  private static CloseableHttpAsyncClient client() {
    return H2AsyncClientBuilder.create().disableAutomaticRetries().build();
  }

  private static Endpoint endpoint(String peerHost, int port, boolean tls) {
    return new Endpoint(peerHost, new byte[] {127, 0, 0, 1}, port, tls);
  }

  private int start(@Nullable SSLContext context) throws Exception {
    TlsStrategy tls =
        context == null
            ? null
            : new H2ServerTlsStrategy(
                context, anyPort -> true, (endpoint, tlsEngine) -> needClient(tlsEngine), null);
    H2ServerBootstrap bootstrap =
        H2ServerBootstrap.bootstrap()
            .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_2)
            .registerVirtual("orders.invalid", "*", new Echo())
            .registerVirtual("internal.example", "*", new Echo());
    HttpAsyncServer started =
        (tls == null ? bootstrap : bootstrap.setTlsStrategy(tls))
            .setCanonicalHostName("unused")
            .create();
    server = started;
    started.start();
    ListenerEndpoint listening =
        listen(started, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls != null)
            .get(10, TimeUnit.SECONDS);
    return ((InetSocketAddress) listening.getAddress()).getPort();
  }

  /** Since 5.1 the scheme decides about TLS, not the strategy alone. */
  @SuppressWarnings("unchecked") // What both methods return.
  private static Future<ListenerEndpoint> listen(
      HttpAsyncServer server, InetSocketAddress address, boolean tls) throws Exception {
    try {
      return (Future<ListenerEndpoint>)
          HttpAsyncServer.class
              .getMethod("listen", SocketAddress.class, URIScheme.class)
              .invoke(server, address, tls ? URIScheme.HTTPS : URIScheme.HTTP);
    } catch (NoSuchMethodException older) {
      return server.listen(address);
    }
  }

  private static void needClient(SSLEngine tls) {
    tls.setNeedClientAuth(true);
  }

  /** Answers with the body, and notes down the head. */
  private final class Echo implements AsyncServerRequestHandler<Message<HttpRequest, String>> {
    @Override
    public AsyncRequestConsumer<Message<HttpRequest, String>> prepare(
        HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
      return new BasicRequestConsumer<>(entity == null ? null : new StringAsyncEntityConsumer());
    }

    @Override
    public void handle(
        Message<HttpRequest, String> request, ResponseTrigger trigger, HttpContext context)
        throws HttpException, IOException {
      HttpRequest head = request.getHead();
      received.add(head.getMethod() + " " + head.getAuthority() + head.getPath());
      trigger.submitResponse(
          new BasicResponseProducer(
              200, new StringAsyncEntityProducer(request.getBody(), ContentType.TEXT_PLAIN)),
          context);
    }
  }
}
