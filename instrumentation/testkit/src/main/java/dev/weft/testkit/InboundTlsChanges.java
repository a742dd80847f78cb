package dev.weft.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.outbound.Outcome;
import dev.weft.testkit.ServerMesh.End;
import dev.weft.transport.TransportSecurity.ServerTls;
import dev.weft.transport.TransportSecurity.ServerTls.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/**
 * What a server adapter with a TLS seam does with a rule that changes while the server runs, with
 * clients that do not keep to the protocol, and with HTTP/2.
 */
public abstract class InboundTlsChanges extends InboundTlsFixture {

  private static final byte[] HTTP2_PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  @Test
  final void followsTheModeWhileItRuns() throws Exception {
    start(Mode.DISABLE);
    echoInPlaintext();

    transport.rule(rule(Mode.PERMISSIVE, SERVER));
    echoInPlaintext();
    echoInTls();

    transport.rule(rule(Mode.STRICT, SERVER));
    try (ServerClient connection = ServerClient.connect(port)) {
      connection.send("GET", "/echo", "");
      assertThat(connection.isClosedByServer()).isTrue();
    }
    echoInTls();

    transport.rule(ServerTls.DISABLED);
    echoInPlaintext();
  }

  @Test
  final void presentsANewCertificateWhileOldConnectionsGoOn() throws Exception {
    String renewed = "spiffe://mesh/ns/default/sa/renewed";
    start(Mode.STRICT);
    try (ServerClient old = new ServerClient(tls(client))) {
      assertThat(old.exchange("GET", "/echo").status()).isEqualTo(200);
      mesh.take().end();
      assertThat(transport.take()).startsWith("connected ");

      transport.rule(rule(Mode.STRICT, renewed));
      SSLSocket socket = tls(client);
      try (ServerClient next = new ServerClient(socket)) {
        assertThat(next.exchange("GET", "/echo").status()).isEqualTo(200);
        mesh.take().end();
        assertThat(MeshCertificates.spiffeId(socket.getSession().getPeerCertificates()[0]))
            .isEqualTo(renewed);
        assertThat(transport.take()).startsWith("connected ");
      }
      assertThat(transport.take()).startsWith("disconnected ");

      old.send("POST", "/echo", "still here");
      assertThat(old.read("POST").body()).isEqualTo("echo:still here");
      mesh.take().end();
    }
    assertThat(transport.take()).startsWith("disconnected ");
  }

  @Test
  final void refusesTlsAsLongAsItHasNoCertificate() throws Exception {
    start(Mode.PERMISSIVE);
    transport.rule(new ServerTls(Mode.PERMISSIVE, null));
    assertThatThrownBy(() -> echoOver(client)).isInstanceOf(IOException.class);
    echoInPlaintext();
    transport.rule(new ServerTls(Mode.STRICT, null));
    assertThatThrownBy(() -> echoOver(client)).isInstanceOf(IOException.class);
    try (ServerClient connection = ServerClient.connect(port)) {
      connection.send("GET", "/echo", "");
      assertThat(connection.isClosedByServer()).isTrue();
    }
    assertThat(ServerSignals.count("called")).isEqualTo(1);
  }

  @Test
  final void takesNoHttp2PrefaceForTls() throws Exception {
    start(Mode.PERMISSIVE);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(HTTP2_PREFACE);
      socket.getOutputStream().write(EMPTY_SETTINGS);
      byte[] answer = socket.getInputStream().readNBytes(EMPTY_SETTINGS.length);
      if (speaksHttp2()) {
        assertThat(answer).as("a frame").hasSize(EMPTY_SETTINGS.length);
        assertThat(answer[3]).as("type of the frame").isEqualTo(EMPTY_SETTINGS[3]);
      } else {
        // In its own words, or none.
        assertThat(new String(answer, StandardCharsets.US_ASCII))
            .isIn("", "HTTP/1.1 ", "HTTP/1.0 ");
      }
    }
  }

  @Test
  final void refusesAnHttp2PrefaceInPlaintextWhereStrict() throws Exception {
    start(Mode.STRICT);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(HTTP2_PREFACE);
      assertThat(bytesUntilTheEnd(socket)).isZero();
    }
  }

  @Test
  final void speaksHttp2OverMutualTls() throws Exception {
    assumeTrue(speaksHttp2(), "the server speaks HTTP/1.1 only");
    start(Mode.STRICT);
    HttpClient http = HttpClient.newBuilder().sslContext(client).build();
    String large = "x".repeat(300_000);
    for (String body : List.of("", "small", large)) {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/echo"))
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("echo:" + body);
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    }
    assertThat(transport.take()).startsWith("connected ").endsWith(CLIENT);
    stop();
    assertThat(transport.take()).startsWith("disconnected ");
  }

  @Test
  final void forgetsClientsThatHangUpDuringTheHandshake() throws Exception {
    start(Mode.PERMISSIVE);
    byte[] hello = hello();
    for (int i = 0; i < 30; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        // Nothing, one byte, half of it, all of it; closed or reset.
        int[] lengths = {0, 1, 5, hello.length / 2, hello.length};
        socket.getOutputStream().write(hello, 0, lengths[i % lengths.length]);
        socket.setSoLinger(i % 2 == 0, 0);
      }
    }
    echoInTls();
    echoInPlaintext();
  }

  @Test
  final void refusesWhatOnlyBeginsLikeTls() throws Exception {
    start(Mode.PERMISSIVE);
    for (String rest :
        List.of("\u0003\u0001\u0000\u0005hello", "\u0016\u0016\u0016\u0016\u0016\u0016")) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(("\u0016" + rest).getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write(new byte[200]);
        socket.shutdownOutput();
        assertThat(bytesUntilTheEnd(socket)).as("an alert at most").isLessThan(100);
      }
    }
    assertThat(ServerSignals.count("called")).isZero();
    echoInTls();
  }

  @Test
  final void endsClientsThatSayNothingAfterTheServersOwnTime() throws Exception {
    InboundServer impatient = newImpatientServer();
    assumeTrue(impatient != null, "the server has no idle timeout");
    start(Mode.PERMISSIVE, requireNonNull(impatient));
    byte[] hello = hello();
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port);
        Socket half = new Socket(InetAddress.getLoopbackAddress(), port)) {
      half.getOutputStream().write(hello, 0, hello.length / 2);
      bytesUntilTheEnd(silent);
      bytesUntilTheEnd(half);
    }
    echoInTls();
  }

  @Test
  final void tellsTheEndOfAConnectionThatIsReset() throws Exception {
    start(Mode.STRICT);
    for (int i = 0; i < 5; i++) {
      Socket raw = new Socket(InetAddress.getLoopbackAddress(), port);
      SSLSocket socket =
          (SSLSocket) client.getSocketFactory().createSocket(raw, "localhost", port, false);
      ServerClient connection = new ServerClient(socket);
      assertThat(connection.exchange("GET", "/echo").status()).isEqualTo(200);
      mesh.take().end();
      assertThat(transport.take()).startsWith("connected " + raw.getLocalPort() + " ");
      String end = "disconnected " + raw.getLocalPort() + " from " + port;
      raw.setSoLinger(true, 0);
      raw.close();
      assertThat(transport.take()).isEqualTo(end);
    }
  }

  @Test
  final void servesHundredsOfMixedConnectionsThatStayOpen() throws Exception {
    start(Mode.PERMISSIVE);
    List<ServerClient> connections = new ArrayList<>();
    try {
      for (int i = 0; i < openConnections(); i++) {
        connections.add(i % 2 == 0 ? new ServerClient(tls(client)) : ServerClient.connect(port));
      }
      for (int round = 0; round < 2; round++) {
        for (ServerClient connection : connections) {
          connection.send("POST", "/echo", "round " + round);
        }
        for (ServerClient connection : connections) {
          assertThat(connection.read("POST").body()).isEqualTo("echo:round " + round);
          mesh.take().end();
        }
      }
      for (int i = 0; i < openConnections() / 2; i++) {
        assertThat(transport.take()).startsWith("connected ");
      }
    } finally {
      for (ServerClient connection : connections) {
        connection.close();
      }
    }
    for (int i = 0; i < openConnections() / 2; i++) {
      assertThat(transport.take()).startsWith("disconnected ");
    }
  }

  private void echoInPlaintext() throws Exception {
    try (ServerClient connection = ServerClient.connect(port)) {
      assertThat(connection.exchange("GET", "/echo").status()).isEqualTo(200);
    }
    mesh.take().end();
  }

  private void echoInTls() throws Exception {
    echoOver(client);
    mesh.take().end();
    assertThat(transport.take()).startsWith("connected ");
    assertThat(transport.take()).startsWith("disconnected ");
  }

  /** What a client of the mesh says first. */
  private byte[] hello() throws SSLException {
    SSLEngine engine = client.createSSLEngine();
    engine.setUseClientMode(true);
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** How much the server sends until it closes the connection or resets it. */
  private static int bytesUntilTheEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes().length;
    } catch (java.net.SocketException reset) {
      return 0;
    }
  }
}
