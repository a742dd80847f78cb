package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.OutboundMesh;
import dev.weft.transport.TransportSecurity.ServerTls;
import dev.weft.transport.TransportSecurity.ServerTls.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** A server under test on a port with a transport rule, and what its technology can do. */
@Timeout(60)
public abstract class InboundTlsFixture {

  static final String SERVER = "spiffe://mesh/ns/default/sa/server";
  static final String CLIENT = "spiffe://mesh/ns/default/sa/client";

  final MeshCertificates certificates = new MeshCertificates();
  final SSLContext client = certificates.context(CLIENT);
  final ServerMesh mesh = new ServerMesh();
  final BlockingQueue<String> problems = new LinkedBlockingQueue<>();
  ServerTransport transport = new ServerTransport(ServerTls.DISABLED);
  int port;
  private @Nullable Mesh before;
  private @Nullable InboundServer server;

  /** A server with the sample application of {@link InboundServer}, not started. */
  protected abstract InboundServer newServer() throws Exception;

  /** As {@link #newServer}, with an idle timeout of a second; null where it has none. */
  protected @Nullable InboundServer newImpatientServer() throws Exception {
    return null;
  }

  /** Whether the server speaks HTTP/2 as well. */
  protected boolean speaksHttp2() {
    return false;
  }

  /** Whether the mesh may be shown a request that the server refuses by itself. */
  protected boolean mayShowWhatItRefuses() {
    return false;
  }

  /** Whether the server closes a connection whose client asks for it in a header. */
  protected boolean closesWhenAsked() {
    return true;
  }

  /** What the application sees as the scheme of a request over mutual TLS. */
  protected String scheme() {
    return "http";
  }

  /** How many connections the server keeps open between requests; an even number. */
  protected int openConnections() {
    return 300;
  }

  /** Every adapter on the class path, as in an agent: the one under test and those beside it. */
  @BeforeAll
  static void installAdapters() {
    InstalledAdapter.installFound();
  }

  final void start(Mode mode) throws Exception {
    start(mode, newServer());
  }

  final void start(Mode mode, InboundServer server) throws Exception {
    ServerSignals.reset();
    transport = new ServerTransport(rule(mode, SERVER));
    before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                mesh,
                transport,
                new ServerPortsRecorder(),
                (where, problem) -> problems.add(where + ": " + problem)));
    this.server = server;
    port = server.start();
  }

  /** A rule whose context, where it has one, presents {@code identity}. */
  final ServerTls rule(Mode mode, String identity) {
    return mode == Mode.DISABLE
        ? ServerTls.DISABLED
        : new ServerTls(mode, certificates.context(identity));
  }

  @AfterEach
  final void stopServer() throws Exception {
    stop();
    if (before != null) {
      Mesh.install(before);
    }
    mesh.assertNothingLeft();
    transport.assertNothingLeft();
    assertThat(problems).isEmpty();
    assertThat(InstalledAdapter.lines()).as("adapters that were not applied").isEmpty();
  }

  /** Stops the server before the end of the test. */
  final void stop() throws Exception {
    InboundServer running = server;
    server = null;
    if (running != null) {
      running.stop();
    }
  }

  final void echoOver(SSLContext context) throws IOException {
    try (ServerClient connection = new ServerClient(tls(context))) {
      assertThat(connection.exchange("GET", "/echo").status()).isEqualTo(200);
    }
  }

  final SSLSocket tls(SSLContext context) throws IOException {
    return (SSLSocket)
        context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
  }
}
