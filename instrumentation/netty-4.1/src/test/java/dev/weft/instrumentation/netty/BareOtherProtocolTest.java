package dev.weft.instrumentation.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.OutboundMesh;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ServerMesh;
import dev.weft.testkit.ServerPortsRecorder;
import dev.weft.testkit.ServerTransport;
import dev.weft.transport.TransportSecurity.ServerTls;
import dev.weft.transport.TransportSecurity.ServerTls.Mode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Netty server of a protocol that is not HTTP, in which the server speaks first. */
@Timeout(60)
final class BareOtherProtocolTest {

  @BeforeAll
  static void installAdapters() {
    InstalledAdapter.installFound();
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"PERMISSIVE", "STRICT"})
  void isLeftAlone(Mode mode) throws Exception {
    ServerPortsRecorder ports = new ServerPortsRecorder();
    ServerTls rule =
        new ServerTls(mode, new MeshCertificates().context("spiffe://mesh/ns/default/sa/server"));
    Mesh before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                new ServerMesh(),
                new ServerTransport(rule),
                ports,
                (where, problem) -> {}));
    EventLoopGroup loops = new NioEventLoopGroup(1);
    try {
      InetSocketAddress address =
          (InetSocketAddress)
              new ServerBootstrap()
                  .group(loops)
                  .channel(NioServerSocketChannel.class)
                  .childHandler(new Greeter())
                  .bind(InetAddress.getLoopbackAddress(), 0)
                  .sync()
                  .channel()
                  .localAddress();
      try (Socket client = new Socket(address.getAddress(), address.getPort())) {
        assertThat(read(client, 6)).isEqualTo("220 hi");
        // Even what begins like TLS is its own.
        client.getOutputStream().write(new byte[] {0x16, 'a', 'b'});
        assertThat(read(client, 3)).isEqualTo("\u0016ab");
      }
      ports.assertNothingLeft();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
      Mesh.install(before);
    }
  }

  private static String read(Socket client, int bytes) throws Exception {
    client.setSoTimeout(10_000);
    return new String(client.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
  }

  private static final class Greeter extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      channel.pipeline().addLast(new Echo());
    }
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(Unpooled.copiedBuffer("220 hi", StandardCharsets.US_ASCII));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ctx.writeAndFlush(msg);
    }
  }
}
