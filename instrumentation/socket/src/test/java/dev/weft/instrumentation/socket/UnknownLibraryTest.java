package dev.weft.instrumentation.socket;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.BlockingExchange;
import dev.weft.testkit.ClientTransport;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.FullServer;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ScriptedConnection;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A library that knows sockets only, to a service whose name only the mesh knows. */
@Timeout(20)
// Sockets that resolve a name by themselves are what is tested.
@SuppressWarnings("AddressSelection")
class UnknownLibraryTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new SocketInstrumentation());

  private static final MeshCertificates MESH = new MeshCertificates();
  private static final String SERVER = "spiffe://mesh.test/ns/default/sa/server";
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ClientTransport transport = new ClientTransport(MESH, "spiffe://mesh.test/client");
  private final FakeEngine engine = FakeEngine.install(transport);
  private final ScriptedUpstream upstream;

  UnknownLibraryTest() throws IOException {
    upstream =
        ScriptedUpstream.start(
            "server", new ServerTls(ServerTls.Mode.PERMISSIVE, MESH.context(SERVER)));
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
    engine.assertNothingLeft();
    upstream.close();
  }

  private ScriptedConnection route(String host, Endpoint endpoint) {
    ScriptedConnection connection = ScriptedConnection.to(endpoint);
    engine.connection(host + ":9080", connection);
    return connection;
  }

  private Endpoint secured() {
    Endpoint endpoint = upstream.endpoint("server", true);
    transport.expect(endpoint, SERVER);
    return endpoint;
  }

  /** Sends a request and returns how long the answer's first part is. */
  private static int exchange(Socket socket) throws IOException {
    socket.getOutputStream().write(REQUEST);
    byte[] answer = new byte[1000];
    InputStream in = socket.getInputStream();
    int length = 0;
    while (!new String(answer, 0, length, StandardCharsets.US_ASCII).endsWith("server")) {
      int read = in.read(answer, length, answer.length - length);
      assertThat(read).isPositive();
      length += read;
    }
    return length;
  }

  @Test
  void reachesAnEndpointUnderANameThatOnlyTheMeshKnows() throws Exception {
    ScriptedConnection connection = route("orders.invalid", upstream.endpoint("server", false));
    int answered;
    try (Socket socket = new Socket("orders.invalid", 9080)) {
      assertThat(socket.getInetAddress().getHostName()).isEqualTo("orders.invalid");
      answered = exchange(socket);
      assertThat(connection.events()).containsExactly("start", "connected");
    }
    assertThat(upstream.takeRequest().secure()).isFalse();
    assertThat(connection.events()).containsExactly("start", "connected", "closed");
    assertThat(connection.bytesSent()).isEqualTo(REQUEST.length);
    assertThat(connection.bytesReceived()).isEqualTo(answered);
  }

  @Test
  void reachesItByMutualTls() throws Exception {
    ScriptedConnection connection = route("orders.invalid", secured());
    int answered;
    try (Socket socket = new Socket()) {
      socket.connect(InetSocketAddress.createUnresolved("orders.invalid", 9080), 5000);
      answered = exchange(socket);
    }
    assertThat(upstream.takeRequest().secure()).isTrue();
    assertThat(connection.events()).containsExactly("start", "connected", "closed");
    // What the application sent and received, not what TLS made of it.
    assertThat(connection.bytesSent()).isEqualTo(REQUEST.length);
    assertThat(connection.bytesReceived()).isEqualTo(answered);
  }

  @Test
  void waitsForThePolicyOfANameThatIsAskedForTheFirstTime() throws Exception {
    CompletableFuture<Void> policy = new CompletableFuture<>();
    ScriptedConnection connection = route("orders.invalid", secured()).after(policy);
    CompletableFuture<Integer> answered =
        CompletableFuture.supplyAsync(
            () -> {
              try (Socket socket = new Socket("orders.invalid", 9080)) {
                return exchange(socket);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(connection.events()).isEmpty();
    policy.complete(null);
    assertThat(answered.get(5, TimeUnit.SECONDS)).isPositive();
    assertThat(upstream.takeRequest().secure()).isTrue();
  }

  @Test
  void refusesPlaintextWhereThereIsNoCertificate() throws Exception {
    ScriptedConnection connection = route("orders.invalid", secured());
    transport.forgetAll();
    assertThatThrownBy(() -> new Socket("orders.invalid", 9080))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("must be reached by mutual TLS");
    assertThat(connection.events()).containsExactly("start", "failed ConnectException");
    assertThat(upstream.waiting()).isZero();
  }

  @Test
  void countsAPeerWithAnotherIdentityAsRefused() throws Exception {
    Endpoint endpoint = secured();
    transport.expect(endpoint, "spiffe://mesh.test/ns/default/sa/other");
    ScriptedConnection connection = route("orders.invalid", endpoint);
    assertThatThrownBy(() -> new Socket("orders.invalid", 9080)).isInstanceOf(IOException.class);
    assertThat(connection.takeEvent()).isEqualTo("start");
    assertThat(connection.takeEvent()).startsWith("failed SSL");
    assertThat(transport.refusals()).containsExactly("server.tls.weft HANDSHAKE");
    assertThat(upstream.waiting()).isZero();
  }

  @Test
  void failsWhereTheMeshRefuses() {
    engine.connection("orders.invalid:9080", ScriptedConnection.refused("no healthy upstream"));
    assertThatThrownBy(() -> new Socket("orders.invalid", 9080))
        .isInstanceOf(ConnectException.class)
        .hasMessage("no healthy upstream");
    engine.connection("127.0.0.1:" + upstream.port(), ScriptedConnection.refused("no"));
    assertThatThrownBy(() -> new Socket("127.0.0.1", upstream.port())).hasMessage("no");
    assertThat(upstream.connections()).isZero();
  }

  @Test
  void tellsOfAnEndpointThatDoesNotListen() throws Exception {
    ScriptedConnection connection = route("orders.invalid", ScriptedUpstream.deadEndpoint());
    assertThatThrownBy(() -> new Socket("orders.invalid", 9080))
        .isInstanceOf(ConnectException.class);
    assertThat(connection.events()).containsExactly("start", "failed ConnectException");
  }

  @Test
  void waitsNoLongerForAConnectionThanThePolicySays() throws Exception {
    try (FullServer full = new FullServer()) {
      ScriptedConnection connection = route("orders.invalid", full.endpoint()).within(200);
      assertThatThrownBy(() -> new Socket("orders.invalid", 9080))
          .isInstanceOf(ConnectException.class)
          .hasMessage(
              "orders.invalid:9080: no connection within 200 ms"
                  + " (connectionPool.tcp.connectTimeout)");
      assertThat(connection.events()).containsExactly("start", "failed SocketTimeoutException");
      // Who has a timeout expects the exception of one.
      assertThatThrownBy(() -> connect("orders.invalid", 60_000))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining("connectionPool.tcp.connectTimeout");
      route("orders.invalid", full.endpoint()).within(60_000);
      assertThatThrownBy(() -> connect("orders.invalid", 200))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageNotContaining("connectionPool");
    }
  }

  private static void connect(String host, int timeout) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(InetSocketAddress.createUnresolved(host, 9080), timeout);
    }
  }

  @Test
  void countsWhatGoesWhereTheApplicationWants() throws Exception {
    ScriptedConnection connection = ScriptedConnection.counted();
    engine.connection("127.0.0.1:" + upstream.port(), connection);
    try (Socket socket = new Socket("127.0.0.1", upstream.port())) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      assertThat(socket.getInputStream()).isSameAs(in);
      assertThat(socket.getOutputStream()).isSameAs(out);
      exchange(socket);
    }
    assertThat(upstream.takeRequest().secure()).isFalse();
    assertThat(connection.events()).containsExactly("start", "connected", "closed");
    assertThat(connection.bytesSent()).isEqualTo(REQUEST.length);
  }

  @Test
  void leavesOtherNamesToTheApplication() {
    engine.connection("orders.invalid:9080", ScriptedConnection.left());
    assertThatThrownBy(() -> new Socket("orders.invalid", 9080))
        .isInstanceOf(UnknownHostException.class);
    assertThatThrownBy(() -> new Socket("other.invalid", 9080))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void connectsAsWithoutAMeshWhenTheEngineBreaks() throws Exception {
    engine.failToConnect(new IllegalStateException("broken"));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), upstream.port())) {
      exchange(socket);
    }
    assertThat(upstream.takeRequest().secure()).isFalse();
    assertThat(engine.takeProblem().problem()).hasMessage("broken");
  }

  @Test
  void leavesAloneWhatAnAdapterLetPass() throws Exception {
    ScriptedConnection connection = route("127.0.0.1", ScriptedUpstream.deadEndpoint());
    engine.connection("127.0.0.1:" + upstream.port(), connection);
    engine.call(FakeEngine.passThrough());
    AtomicReference<Socket> made = new AtomicReference<>();
    BlockingExchange<String> adapter =
        new PassingExchange(() -> made.set(new Socket("127.0.0.1", upstream.port())));
    BlockingDriver.run(PassingExchange.REQUEST, adapter);
    try (Socket socket = requireNonNull(made.get())) {
      exchange(socket);
    }
    engine.takeOpened();
    engine.takeClosed();
    assertThat(connection.events()).isEmpty();
    assertThat(BlockingDriver.isPassingThrough()).isFalse();
  }
}
