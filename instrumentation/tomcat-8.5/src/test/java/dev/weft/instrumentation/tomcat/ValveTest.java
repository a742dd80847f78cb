package dev.weft.instrumentation.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ServerClient;
import dev.weft.testkit.ServerMesh;
import dev.weft.testkit.ServerMesh.Arrival;
import dev.weft.testkit.ServerMesh.End;
import dev.weft.testkit.ServerPortsRecorder;
import dev.weft.testkit.ServerSignals;
import dev.weft.transport.TransportSecurity;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sample.tomcat.SampleValve;

/** Requests that no servlet sees. */
@Timeout(60)
final class ValveTest {

  private final ServerMesh mesh = new ServerMesh();
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();
  private @Nullable Mesh before;
  private @Nullable EmbeddedTomcat server;
  private int port;

  @BeforeAll
  static void installAdapters() {
    InstalledAdapter.installFound();
  }

  @BeforeEach
  void startServer() throws Exception {
    ServerSignals.reset();
    before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                mesh,
                TransportSecurity.PLAINTEXT,
                new ServerPortsRecorder(),
                (where, problem) -> problems.add(where + ": " + problem)));
    server = new EmbeddedTomcat(EmbeddedTomcat.NIO).withValve(new SampleValve());
    port = server.start();
  }

  @AfterEach
  void stopServer() throws Exception {
    if (server != null) {
      server.stop();
    }
    if (before != null) {
      Mesh.install(before);
    }
    mesh.assertNothingLeft();
    assertThat(problems).isEmpty();
    assertThat(InstalledAdapter.lines()).isEmpty();
  }

  @Test
  void isRefusedBeforeTheValve() throws Exception {
    mesh.decide(arrival -> LocalReply.text(403, "RBAC: access denied", "-"));
    try (ServerClient client = ServerClient.connect(port)) {
      ServerClient.Response response = client.exchange("GET", "/valve");
      assertThat(response.status()).isEqualTo(403);
      assertThat(response.body()).isEqualTo("RBAC: access denied");
    }
    assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 403));
    assertThat(ServerSignals.count("called")).isZero();
  }

  @Test
  void isToldWithItsStatusAndHasItsContext() throws Exception {
    mesh.carry(arrival -> CallContext.of(List.of("x-of", arrival.path)));
    try (ServerClient client = ServerClient.connect(port)) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.exchange("GET", "/valve").status()).isEqualTo(418);
        Arrival seen = mesh.take();
        assertThat(seen.path).isEqualTo("/valve");
        assertThat(seen.before).isEqualTo(CallContext.NONE);
        assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 418));
        assertThat(ServerSignals.contextOfACall())
            .isEqualTo(CallContext.of(List.of("x-of", "/valve")));
      }
    }
  }

  @Test
  void isDecidedOnceBeforeAServlet() throws Exception {
    try (ServerClient client = ServerClient.connect(port)) {
      assertThat(client.exchange("GET", "/status?404").status()).isEqualTo(404);
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 404));
    }
  }
}
