package dev.weft.instrumentation.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.testkit.ClientTransport;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A program that knows sockets only; the clients' own tests prove the floor through them. */
@Timeout(20)
class SocketFloorTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new SocketInstrumentation());

  private static final MeshCertificates MESH = new MeshCertificates();
  private static final String SERVER = "spiffe://mesh.test/ns/default/sa/server";

  private final ClientTransport transport = new ClientTransport(MESH, "spiffe://mesh.test/client");
  private final FakeEngine engine = FakeEngine.install(transport);
  private final ScriptedUpstream upstream;
  private final Endpoint endpoint;

  SocketFloorTest() throws IOException {
    upstream =
        ScriptedUpstream.start(
            "server", new ServerTls(ServerTls.Mode.PERMISSIVE, MESH.context(SERVER)));
    endpoint = upstream.endpoint("server", true);
  }

  @BeforeEach
  void expectTheServer() {
    transport.expect(endpoint, SERVER);
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
    engine.assertNothingLeft();
    upstream.close();
  }

  private static String exchange(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }

  @Test
  void encryptsBelowASocketThatConnectsToAMutualTlsEndpoint() throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(endpoint.socketAddress(), 5000);
      assertThat(exchange(socket)).startsWith("HTTP/1.1 200");
    }
    assertThat(upstream.takeRequest().secure()).isTrue();
    upstream.awaitOpenConnections(0);
  }

  @Test
  void encryptsBelowASocketThatItsConstructorConnects() throws Exception {
    try (Socket socket = new Socket(endpoint.address(), endpoint.port())) {
      assertThat(exchange(socket)).startsWith("HTTP/1.1 200");
    }
    assertThat(upstream.takeRequest().secure()).isTrue();
  }

  @Test
  void leavesOtherSocketsAlone() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), upstream.port())) {
      assertThat(exchange(socket)).startsWith("HTTP/1.1 200");
    }
    assertThat(upstream.takeRequest().secure()).isFalse();
    Endpoint plain = upstream.endpoint("server", false);
    try (Socket socket = new Socket(plain.address(), plain.port())) {
      assertThat(exchange(socket)).startsWith("HTTP/1.1 200");
    }
    assertThat(upstream.takeRequest().secure()).isFalse();
  }

  @Test
  void refusesToConnectWithoutACertificate() throws Exception {
    transport.forgetAll();
    try (Socket socket = new Socket()) {
      assertThatThrownBy(() -> socket.connect(endpoint.socketAddress(), 5000))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("server.tls.weft must be reached by mutual TLS");
      assertThat(socket.isClosed()).isTrue();
    }
    upstream.awaitOpenConnections(0);
    assertThat(upstream.waiting()).isZero();
  }

  @Test
  void refusesAnotherIdentity() throws Exception {
    transport.expect(endpoint, "spiffe://mesh.test/ns/default/sa/other");
    try (Socket socket = new Socket()) {
      assertThatThrownBy(() -> socket.connect(endpoint.socketAddress(), 5000))
          .isInstanceOf(SSLException.class);
      assertThat(socket.isClosed()).isTrue();
    }
    assertThat(transport.refusals()).containsExactly("server.tls.weft HANDSHAKE");
    assertThat(upstream.waiting()).isZero();
  }

  @Test
  void givesNoPlaintextStreamAfterTheSocketIsClosed() throws Exception {
    Socket socket = new Socket();
    socket.connect(endpoint.socketAddress(), 5000);
    socket.close();
    assertThatThrownBy(socket::getOutputStream).isInstanceOf(SocketException.class);
    assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
  }

  @Test
  void keepsTheReadTimeoutOfTheApplication() throws Exception {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(1234);
      socket.connect(endpoint.socketAddress());
      assertThat(socket.getSoTimeout()).isEqualTo(1234);
    }
  }
}
