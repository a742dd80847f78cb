package dev.weft.instrumentation.inlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundMesh;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ServerMesh;
import dev.weft.testkit.ServerTransport;
import dev.weft.transport.TransportSecurity.ServerTls;
import dev.weft.transport.TransportSecurity.ServerTls.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server gets from the inlet, however it accepts and reads. */
@Timeout(60)
abstract class InletContract {

  private static final String SERVER = "spiffe://mesh/ns/default/sa/server";
  private static final String CLIENT = "spiffe://mesh/ns/default/sa/client";
  private static final MeshCertificates CERTIFICATES = new MeshCertificates();

  private final SSLContext own = CERTIFICATES.context(SERVER);
  private final SSLContext client = CERTIFICATES.context(CLIENT);
  private final TestPorts ports = new TestPorts();
  private final ServerMesh mesh = new ServerMesh();
  private final ServerTransport transport = new ServerTransport(ServerTls.DISABLED);
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private @Nullable Mesh before;
  private @Nullable EchoServer server;
  private int port;

  abstract EchoServer newServer() throws IOException;

  @BeforeEach
  final void install() {
    before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                mesh,
                transport,
                ports,
                (where, problem) -> problems.add(where + ": " + problem)));
    InstalledAdapter.install(new InletInstrumentation());
    assertThat(InstalledAdapter.lines()).isEmpty();
  }

  @AfterEach
  final void uninstall() throws IOException {
    threads.shutdownNow();
    if (server != null) {
      server.close();
    }
    if (before != null) {
      Mesh.install(before);
    }
    assertThat(problems).isEmpty();
  }

  private EchoServer start(Mode mode) throws Exception {
    transport.rule(new ServerTls(mode, mode == Mode.DISABLE ? null : own));
    EchoServer made = newServer();
    server = made;
    port = made.start();
    ports.inlet.add(port);
    return made;
  }

  private Socket plaintext() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private SSLSocket tls(SSLContext context) throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void assertEchoes(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    byte[] answer = socket.getInputStream().readNBytes(text.length());
    assertThat(new String(answer, UTF_8)).isEqualTo(text);
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  final void encryptsAndTellsWhoItIs() throws Exception {
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      EchoServer echo = start(Mode.STRICT);
      SSLSocket socket = tls(client);
      socket.setEnabledProtocols(new String[] {protocol});
      assertEchoes(socket, "hello");
      assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
      assertThat(MeshCertificates.spiffeId(socket.getSession().getPeerCertificates()[0]))
          .isEqualTo(SERVER);
      int local = socket.getLocalPort();
      assertThat(transport.take()).isEqualTo("connected " + local + " to " + port + " " + CLIENT);
      assertThat(echo.peers.poll(10, TimeUnit.SECONDS))
          .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), local));
      ServerMesh.Arrival seen = mesh.take();
      assertThat(seen.peer).isEqualTo(socket.getLocalSocketAddress());
      assertThat(seen.localPort).isEqualTo(port);
      assertThat(seen.isOpen()).isTrue();
      socket.close();
      assertThat(transport.take()).isEqualTo("disconnected " + local + " from " + port);
      seen.end();
      echo.close();
    }
    mesh.assertNothingLeft();
  }

  @Test
  final void letsPlaintextInWherePermissive() throws Exception {
    EchoServer echo = start(Mode.PERMISSIVE);
    try (Socket socket = plaintext()) {
      assertEchoes(socket, "hello");
      assertEchoes(socket, "again");
      assertThat(echo.peers.poll(10, TimeUnit.SECONDS)).isEqualTo(socket.getLocalSocketAddress());
    }
    mesh.take().end();
    try (Socket socket = tls(client)) {
      assertEchoes(socket, "hello");
    }
    mesh.take().end();
    transport.take();
    transport.take();
  }

  @Test
  final void refusesPlaintextWhereStrict() throws Exception {
    EchoServer echo = start(Mode.STRICT);
    try (Socket socket = plaintext()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
      assertThat(isClosed(socket)).isTrue();
    }
    assertThat(echo.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("end");
    transport.assertNothingLeft();
    mesh.assertNothingLeft();
  }

  @Test
  final void refusesWhoeverIsNotOfTheMesh() throws Exception {
    start(Mode.PERMISSIVE);
    for (SSLContext stranger :
        List.of(CERTIFICATES.anonymous(), new MeshCertificates().context(CLIENT))) {
      assertThatThrownBy(
              () -> {
                try (Socket socket = tls(stranger)) {
                  assertEchoes(socket, "hello");
                }
              })
          .isInstanceOf(IOException.class);
    }
    transport.assertNothingLeft();
    mesh.assertNothingLeft();
  }

  @Test
  final void leavesOtherPortsAlone() throws Exception {
    start(Mode.STRICT);
    ports.inlet.remove(port);
    try (Socket socket = plaintext()) {
      assertEchoes(socket, "\u0016\u0003\u0001");
    }
    mesh.assertNothingLeft();
  }

  @Test
  final void encryptsNothingWhereDisabled() throws Exception {
    start(Mode.DISABLE);
    try (Socket socket = plaintext()) {
      assertEchoes(socket, "\u0016\u0003\u0001");
    }
    mesh.take().end();
    mesh.decide(arrival -> LocalReply.text(403, "no", "-"));
    try (Socket socket = plaintext()) {
      assertThat(isClosed(socket)).isTrue();
    }
    mesh.take().end();
  }

  @Test
  final void closesWhatIsNotAllowed() throws Exception {
    start(Mode.PERMISSIVE);
    mesh.decide(arrival -> LocalReply.text(403, "no", "-"));
    for (boolean encrypted : new boolean[] {true, false}) {
      try (Socket socket = encrypted ? tls(client) : plaintext()) {
        socket.getOutputStream().write("hello".getBytes(UTF_8));
        assertThat(isClosed(socket)).isTrue();
      } catch (SocketException reset) {
        // Closed as well.
      }
      mesh.take().end();
    }
    assertThat(transport.take()).startsWith("connected ");
    assertThat(transport.take()).startsWith("disconnected ");
  }

  @Test
  final void decidesNoConnectionWhoseRequestsAreDecided() throws Exception {
    EchoServer echo = start(Mode.PERMISSIVE);
    ports.decidesRequests = true;
    mesh.decide(arrival -> LocalReply.text(403, "no", "-"));
    try (SSLSocket socket = tls(client)) {
      assertEchoes(socket, "hello");
      // By which the requests find who sent them.
      assertThat(echo.peers.poll(10, TimeUnit.SECONDS)).isEqualTo(socket.getLocalSocketAddress());
      assertThat(transport.take()).startsWith("connected ");
    }
    try (Socket socket = plaintext()) {
      assertEchoes(socket, "hello");
    }
    mesh.assertNothingLeft();
    transport.rule(new ServerTls(Mode.STRICT, own));
    try (Socket socket = plaintext()) {
      socket.getOutputStream().write("hello".getBytes(UTF_8));
      assertThat(isClosed(socket)).isTrue();
    }
  }

  @Test
  final void closesWhatIsNoLongerAllowed() throws Exception {
    EchoServer echo = start(Mode.PERMISSIVE);
    for (boolean encrypted : new boolean[] {true, false}) {
      try (Socket socket = encrypted ? tls(client) : plaintext()) {
        assertEchoes(socket, "hello");
        ServerMesh.Arrival seen = mesh.take();
        seen.revoke();
        assertThat(isClosed(socket)).isTrue();
        seen.end();
        assertThat(echo.ends.poll(10, TimeUnit.SECONDS)).isNotNull();
      }
    }
  }

  @Test
  final void carriesLargeBodiesBothWays() throws Exception {
    start(Mode.PERMISSIVE);
    for (boolean encrypted : new boolean[] {true, false}) {
      try (Socket socket = encrypted ? tls(client) : plaintext()) {
        echoMuch(socket, 8_000_000);
      }
    }
  }

  /** The peer first only writes, until nobody takes more; then it reads all. */
  private void echoMuch(Socket socket, int size) throws Exception {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Future<?> written =
        threads.submit(
            () -> {
              socket.getOutputStream().write(bytes);
              socket.shutdownOutput();
              return null;
            });
    InputStream in = socket.getInputStream();
    byte[] answer = new byte[size];
    int count = in.readNBytes(answer, 0, 1);
    assertThat(count).isEqualTo(1);
    assertThat(in.readNBytes(answer, 1, size - 1)).isEqualTo(size - 1);
    assertThat(Arrays.equals(answer, bytes)).isTrue();
    assertThat(in.read()).as("the end that the server said").isEqualTo(-1);
    written.get(10, TimeUnit.SECONDS);
  }

  @Test
  final void waitsForASlowReader() throws Exception {
    start(Mode.PERMISSIVE);
    try (Socket socket = plaintext()) {
      // More than all sockets on the way may hold.
      byte[] bytes = new byte[64_000_000];
      Arrays.fill(bytes, 0, bytes.length, (byte) 'x');
      Future<?> written =
          threads.submit(
              () -> {
                socket.getOutputStream().write(bytes);
                return null;
              });
      assertThatThrownBy(() -> written.get(400, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      byte[] answer = socket.getInputStream().readNBytes(bytes.length);
      assertThat(Arrays.equals(answer, bytes)).isTrue();
      written.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  final void servesManyAtOnce() throws Exception {
    start(Mode.PERMISSIVE);
    List<Callable<Socket>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      boolean encrypted = i % 4 == 0;
      String text = "hello " + i;
      all.add(
          () -> {
            Socket socket = encrypted ? tls(client) : plaintext();
            assertEchoes(socket, text);
            return socket;
          });
    }
    ExecutorService eight = Executors.newFixedThreadPool(8);
    try {
      List<Socket> open = new ArrayList<>();
      for (Future<Socket> one : eight.invokeAll(all)) {
        open.add(one.get());
      }
      for (Socket socket : open) {
        assertEchoes(socket, "all of us");
      }
      for (Socket socket : open) {
        socket.close();
      }
    } finally {
      eight.shutdownNow();
    }
    for (int i = 0; i < 200; i++) {
      mesh.take().end();
    }
    mesh.assertNothingLeft();
  }

  @Test
  final void servesOthersWhileAHandshakeHangs() throws Exception {
    start(Mode.PERMISSIVE);
    try (Socket half = plaintext();
        Socket silent = plaintext();
        Socket plaintext = plaintext();
        Socket encrypted = tls(client)) {
      half.getOutputStream().write(new byte[] {0x16, 0x03, 0x01, 0x02});
      assertEchoes(plaintext, "hello");
      assertEchoes(encrypted, "hello");
      assertThat(silent.isConnected()).isTrue();
    }
  }

  @Test
  final void survivesWhatOnlyBeginsLikeTls() throws Exception {
    start(Mode.PERMISSIVE);
    SSLEngine engine = client.createSSLEngine("server.weft", port);
    engine.setUseClientMode(true);
    ByteBuffer packet = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), packet);
    byte[] hello = Arrays.copyOf(packet.array(), packet.position());
    Random random = new Random(20250211);
    for (int i = 0; i < 100; i++) {
      byte[] bytes = hello.clone();
      for (int changes = random.nextInt(8); changes > 0; changes--) {
        bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt();
      }
      int length = i % 3 == 0 ? bytes.length : 1 + random.nextInt(bytes.length);
      try (Socket socket = plaintext()) {
        socket.getOutputStream().write(bytes, 0, length);
        if (i % 2 == 0) {
          socket.shutdownOutput();
        }
      } catch (IOException refusedAlready) {
        // As it should be.
      }
    }
    try (Socket socket = tls(client)) {
      assertEchoes(socket, "hello");
    }
    mesh.take().end();
    mesh.assertNothingLeft();
  }

  @Test
  final void aResetReachesTheServer() throws Exception {
    EchoServer echo = start(Mode.PERMISSIVE);
    for (boolean encrypted : new boolean[] {true, false}) {
      Socket socket = encrypted ? tls(client) : plaintext();
      assertEchoes(socket, "hello");
      ServerMesh.Arrival seen = mesh.take();
      socket.setSoLinger(true, 0);
      socket.close();
      assertThat(echo.ends.poll(10, TimeUnit.SECONDS)).isNotNull();
      seen.end();
    }
  }

  @Test
  final void tellsWhatListensAndWhatIsClosed() throws Exception {
    int free;
    try (ServerSocket some = new ServerSocket(0)) {
      free = some.getLocalPort();
    }
    ports.inlet.add(free);
    try (ServerSocket taken = new ServerSocket(free)) {
      assertThat(taken.isBound()).isTrue();
      assertThat(ports.told.poll()).isEqualTo("listening " + free);
    }
    assertThat(ports.told.poll()).isEqualTo("closed " + free);
  }
}
