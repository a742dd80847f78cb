package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.ServerClient.Response;
import dev.weft.testkit.ServerMesh.Arrival;
import dev.weft.testkit.ServerMesh.End;
import dev.weft.transport.TransportSecurity.ServerTls.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a server adapter with a TLS seam does: mutual TLS and plaintext on one port, by rule. */
public abstract class InboundTlsContract extends InboundTlsChanges {

  @Test
  final void letsAClientWithACertificateInAndTellsWhoItIs() throws Exception {
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      start(Mode.STRICT);
      SSLSocket socket = tls(client);
      socket.setEnabledProtocols(new String[] {protocol});
      ServerClient connection = new ServerClient(socket);
      int own = socket.getLocalPort();
      Response response = connection.exchange("GET", "/echo");

      assertThat(response.status()).isEqualTo(200);
      assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
      assertThat(MeshCertificates.spiffeId(socket.getSession().getPeerCertificates()[0]))
          .isEqualTo(SERVER);
      assertThat(transport.take()).isEqualTo("connected " + own + " to " + port + " " + CLIENT);
      Arrival seen = mesh.take();
      assertThat(seen.peer).isEqualTo(connection.localAddress());
      assertThat(seen.localPort).isEqualTo(port);
      assertThat(seen.scheme).isEqualTo(scheme());
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
      connection.close();
      assertThat(transport.take()).isEqualTo("disconnected " + own + " from " + port);
      stopServer();
    }
  }

  @Test
  final void keepsTheConnectionForTheNextRequest() throws Exception {
    start(Mode.PERMISSIVE);
    mesh.decide(arrival -> arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null);
    String large = "x".repeat(300_000);
    try (ServerClient connection = new ServerClient(tls(client))) {
      for (int i = 0; i < 3; i++) {
        connection.send("POST", "/echo", large);
        assertThat(connection.read("POST").body()).isEqualTo("echo:" + large);
        assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
        assertThat(connection.exchange("GET", "/no").status()).isEqualTo(403);
        assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 403));
      }
      assertThat(transport.take()).startsWith("connected ");
    }
    assertThat(transport.take()).startsWith("disconnected ");
  }

  @Test
  final void saysGoodbyeInTls() throws Exception {
    start(Mode.STRICT);
    try (ServerClient connection = new ServerClient(tls(client))) {
      connection.exchange("GET", "/echo", "Connection: close");
      if (!closesWhenAsked()) {
        connection.sendRaw("nonsense\r\n\r\n");
        assertThat(connection.read("GET").status()).isEqualTo(400);
      }
      // A connection that is cut without the TLS goodbye is an exception instead.
      assertThat(connection.isClosedByServer()).isTrue();
    }
    mesh.take().end();
    assertThat(transport.take()).startsWith("connected ");
    assertThat(transport.take()).startsWith("disconnected ");
  }

  @Test
  final void refusesAClientWithoutCertificate() throws Exception {
    start(Mode.PERMISSIVE);
    assertThatThrownBy(() -> echoOver(certificates.anonymous())).isInstanceOf(IOException.class);
  }

  @Test
  final void refusesACertificateOfAnotherMesh() throws Exception {
    start(Mode.PERMISSIVE);
    MeshCertificates others = new MeshCertificates();
    assertThatThrownBy(() -> echoOver(others.context(CLIENT))).isInstanceOf(IOException.class);
    assertThat(ServerSignals.count("called")).isZero();
  }

  @Test
  final void letsPlaintextInWherePermissive() throws Exception {
    start(Mode.PERMISSIVE);
    try (ServerClient connection = ServerClient.connect(port)) {
      for (int i = 0; i < 2; i++) {
        connection.send("POST", "/echo", "plain");
        assertThat(connection.read("POST").body()).isEqualTo("echo:plain");
        assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
      }
    }
  }

  @Test
  final void closesPlaintextWhereStrict() throws Exception {
    start(Mode.STRICT);
    try (ServerClient connection = ServerClient.connect(port)) {
      connection.send("GET", "/echo", "");
      assertThat(connection.isClosedByServer()).isTrue();
    }
    assertThat(ServerSignals.count("called")).isZero();
  }

  @Test
  final void leavesThePortAloneWhereDisabled() throws Exception {
    start(Mode.DISABLE);
    try (ServerClient connection = ServerClient.connect(port)) {
      assertThat(connection.exchange("GET", "/echo").status()).isEqualTo(200);
    }
    mesh.take().end();
    try (ServerClient connection = ServerClient.connect(port)) {
      // What begins like TLS is the server's own to refuse, in its own words.
      connection.sendRaw("\u0016\u0003x [ z\r\n\r\n");
      assertThat(connection.readHead().status()).isIn(400, 500, 505);
    }
    if (mayShowWhatItRefuses()) {
      mesh.forgetRefused();
    }
  }

  @Test
  final void servesOthersWhileAHandshakeHangs() throws Exception {
    start(Mode.PERMISSIVE);
    try (Socket half = new Socket(InetAddress.getLoopbackAddress(), port);
        Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
      assertThat(silent.isConnected()).isTrue();
      half.getOutputStream().write(new byte[] {0x16, 0x03, 0x01, 0x02});
      try (ServerClient connection = ServerClient.connect(port)) {
        assertThat(connection.exchange("GET", "/echo").status()).isEqualTo(200);
      }
      mesh.take().end();
      echoOver(client);
      mesh.take().end();
    }
    assertThat(transport.take()).startsWith("connected ");
    assertThat(transport.take()).startsWith("disconnected ");
  }

  @Test
  final void survivesWhatOnlyBeginsLikeTls() throws Exception {
    start(Mode.PERMISSIVE);
    byte[] hello = clientHello();
    Random random = new Random(20250211);
    for (int i = 0; i < 100; i++) {
      byte[] bytes = hello.clone();
      for (int changes = random.nextInt(8); changes > 0; changes--) {
        bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt();
      }
      int length = i % 3 == 0 ? bytes.length : 1 + random.nextInt(bytes.length);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(bytes, 0, length);
        if (i % 2 == 0) {
          socket.shutdownOutput();
        }
      } catch (IOException refusedAlready) {
        // As it should be.
      }
    }
    assertThat(ServerSignals.count("called")).isZero();
    echoOver(client);
    mesh.take().end();
    assertThat(transport.take()).startsWith("connected ");
    assertThat(transport.take()).startsWith("disconnected ");
  }

  /** What a client of the mesh says first. */
  private byte[] clientHello() throws SSLException {
    SSLEngine engine = client.createSSLEngine("server.weft", port);
    engine.setUseClientMode(true);
    ByteBuffer packet = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), packet);
    packet.flip();
    byte[] hello = new byte[packet.remaining()];
    packet.get(hello);
    return hello;
  }

  @Test
  final void servesManyMixedConnectionsAtOnce() throws Exception {
    start(Mode.PERMISSIVE);
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        boolean encrypted = i % 2 == 0;
        running.add(clients.submit(() -> tenRequests(encrypted)));
      }
      for (Future<?> one : running) {
        one.get(40, TimeUnit.SECONDS);
      }
    } finally {
      clients.shutdownNow();
    }
    for (int i = 0; i < 80; i++) {
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    }
    for (int i = 0; i < 8; i++) {
      transport.take();
    }
  }

  private @Nullable Void tenRequests(boolean encrypted) throws IOException {
    try (ServerClient connection =
        encrypted ? new ServerClient(tls(client)) : ServerClient.connect(port)) {
      for (int i = 0; i < 10; i++) {
        connection.send("POST", "/echo", "body " + i);
        assertThat(connection.read("POST").body()).isEqualTo("echo:body " + i);
      }
    }
    return null;
  }
}
