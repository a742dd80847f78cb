package dev.weft.instrumentation.httpserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundMesh;
import dev.weft.outbound.OutboundMesh;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ServerClient;
import dev.weft.testkit.ServerPortsRecorder;
import dev.weft.testkit.ServerTransport;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.net.InetAddress;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a server with one thread, whoever keeps that thread stops all the others. */
@Timeout(30)
final class IdleConnectionTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new HttpServerInstrumentation());

  @Test
  void holdsNoThreadBetweenTwoRequests() throws Exception {
    MeshCertificates certificates = new MeshCertificates();
    SSLContext own = certificates.context("spiffe://mesh/ns/default/sa/own");
    Mesh before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                InboundMesh.PERMIT_ALL,
                new ServerTransport(new ServerTls(ServerTls.Mode.PERMISSIVE, own)),
                new ServerPortsRecorder(),
                (where, problem) -> {}));
    SampleServer server = SampleServer.onOneThread();
    int port = server.start();
    try (ServerClient plaintext = ServerClient.connect(port);
        ServerClient encrypted =
            new ServerClient(
                own.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port))) {
      for (int i = 0; i < 3; i++) {
        assertThat(plaintext.exchange("GET", "/echo").status()).isEqualTo(200);
        assertThat(encrypted.exchange("GET", "/echo").status()).isEqualTo(200);
      }
    } finally {
      server.stop();
      Mesh.install(before);
    }
  }
}
