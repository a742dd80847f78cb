package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.OutboundMesh;
import dev.weft.transport.TransportSecurity;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A server under test between start and stop, and what its technology can do. */
@Timeout(60)
public abstract class InboundFixture {

  final ServerMesh mesh = new ServerMesh();
  final ServerPortsRecorder ports = new ServerPortsRecorder();
  final BlockingQueue<String> problems = new LinkedBlockingQueue<>();
  private @Nullable Mesh before;
  private @Nullable InboundServer server;
  int port;

  /** A server with the sample application of {@link InboundServer}, not started. */
  protected abstract InboundServer newServer() throws Exception;

  /** Whether the technology has forwards, includes, error pages and dispatches. */
  protected boolean dispatches() {
    return true;
  }

  /** Whether requests that left their thread are ended by the server after some time. */
  protected boolean endsLateRequests() {
    return true;
  }

  /** What the server sends when the application throws; 0 when it closes the connection. */
  protected int statusOfAnException() {
    return 500;
  }

  /**
   * Whether a verdict that is pending is waited for. (Off only until the adapter has learned it.)
   */
  protected boolean waitsForVerdicts() {
    return false;
  }

  /** Whether the application sees changed headers. (Off only until the adapter has learned it.) */
  protected boolean changesHeaders() {
    return false;
  }

  /** Whether a revoked exchange is broken off. (Off only until the adapter has learned it.) */
  protected boolean abortsWhatIsRevoked() {
    return false;
  }

  /**
   * The path by which the server chooses the application's code for {@code /echo/a%20b;c=d/./e?f};
   * null when the adapter does not tell.
   */
  protected @Nullable String dispatchPath() {
    return null;
  }

  /** Every adapter on the class path, as in an agent: the one under test and those beside it. */
  @BeforeAll
  static void installAdapters() {
    InstalledAdapter.installFound();
  }

  @BeforeEach
  final void startServer() throws Exception {
    ServerSignals.reset();
    before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                mesh,
                TransportSecurity.PLAINTEXT,
                ports,
                (where, problem) -> problems.add(where + ": " + problem)));
    server = newServer();
    port = server.start();
  }

  @AfterEach
  final void stopServer() throws Exception {
    try {
      if (server != null) {
        server.stop();
      }
    } finally {
      if (before != null) {
        Mesh.install(before);
      }
    }
    mesh.assertNothingLeft();
    assertThat(problems).isEmpty();
    assertThat(InstalledAdapter.lines()).as("adapters that were not applied").isEmpty();
  }

  /** The status that a request without body gets; 0 when the server closed without one. */
  final int statusOf(String path) throws IOException {
    try (ServerClient client = ServerClient.connect(port)) {
      return client.exchange("GET", path).status();
    } catch (java.io.EOFException | java.net.SocketException closed) {
      return 0;
    }
  }
}
