package dev.weft.instrumentation.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.OutboundMesh;
import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ServerMesh;
import dev.weft.testkit.ServerPortsRecorder;
import dev.weft.testkit.ServerSignals;
import dev.weft.transport.TransportSecurity;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A server that is started by the test. */
@Timeout(60)
abstract class ServerFixture {

  final ServerMesh mesh = new ServerMesh();
  final ServerPortsRecorder ports = new ServerPortsRecorder();
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();
  private @Nullable Mesh before;
  private @Nullable InboundServer server;
  int port;

  @BeforeEach
  final void install() {
    InstalledAdapter.installFound();
    ServerSignals.reset();
    before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                mesh,
                TransportSecurity.PLAINTEXT,
                ports,
                (where, problem) -> problems.add(where + ": " + problem)));
  }

  final void start(InboundServer made) throws Exception {
    server = made;
    port = made.start();
  }

  @AfterEach
  final void stop() throws Exception {
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
}
