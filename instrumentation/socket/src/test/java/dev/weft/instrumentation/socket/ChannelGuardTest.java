package dev.weft.instrumentation.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.testkit.ClientTransport;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.transport.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A program on channels of NIO below which nobody put TLS. */
@Timeout(20)
class ChannelGuardTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new ChannelGuardInstrumentation());

  private static final String REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

  private final ClientTransport transport =
      new ClientTransport(new MeshCertificates(), "spiffe://mesh.test/client");
  private final FakeEngine engine = FakeEngine.install(transport);
  private final ScriptedUpstream upstream;

  ChannelGuardTest() throws IOException {
    upstream = ScriptedUpstream.start("server");
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
    engine.assertNothingLeft();
    upstream.close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private SocketChannel open(boolean mutualTls) throws IOException {
    Endpoint endpoint = upstream.endpoint("server", mutualTls);
    return SocketChannel.open(endpoint.socketAddress());
  }

  @Test
  void refusesToWritePlaintextToAnEndpointOfMutualTls() throws Exception {
    try (SocketChannel channel = open(true)) {
      assertThatThrownBy(() -> channel.write(bytes(REQUEST)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("server.tls.weft must be reached by mutual TLS");
      assertThat(channel.isOpen()).isFalse();
    }
    try (SocketChannel channel = open(true)) {
      ByteBuffer[] parts = {bytes(""), bytes(REQUEST)};
      assertThatThrownBy(() -> channel.write(parts)).isInstanceOf(IOException.class);
    }
    upstream.awaitOpenConnections(0);
    assertThat(upstream.waiting()).isZero();
    assertThat(transport.refusals())
        .containsExactly("server.tls.weft PLAINTEXT", "server.tls.weft PLAINTEXT");
  }

  @Test
  void letsWhatBeginsWithTlsPass() throws Exception {
    try (SocketChannel channel = open(true)) {
      assertThat(channel.write(bytes(""))).isZero();
      assertThat(channel.write(bytes("\u0016abc"))).isEqualTo(4);
      assertThat(channel.write(bytes("abc"))).isEqualTo(3);
    }
    assertThat(transport.refusals()).isEmpty();
  }

  @Test
  void leavesOtherChannelsAlone() throws Exception {
    try (SocketChannel channel = open(false)) {
      channel.write(new ByteBuffer[] {bytes(REQUEST.substring(0, 5)), bytes(REQUEST.substring(5))});
      assertThat(upstream.takeRequest().secure()).isFalse();
    }
    assertThat(transport.refusals()).isEmpty();
  }
}
