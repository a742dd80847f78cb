package dev.weft.instrumentation.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.ClientTransport;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.FullServer;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ScriptedConnection;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ServerTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.resolver.NoopAddressResolverGroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client on nothing but Netty with a protocol that nobody knows. */
@Timeout(20)
// The way to make event loops that the oldest version has as well.
// Addresses are written as an application does it.
@SuppressWarnings({"deprecation", "AddressSelection"})
class BareUnknownClientTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new NettyClientInstrumentation());

  private static final MeshCertificates MESH = new MeshCertificates();
  private static final String SERVER = "spiffe://mesh.test/ns/default/sa/server";
  private static final String REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

  private final ClientTransport transport = new ClientTransport(MESH, "spiffe://mesh.test/client");
  private final FakeEngine engine = FakeEngine.install(transport);
  private final EventLoopGroup loops = new NioEventLoopGroup(1);
  private final AtomicLong read = new AtomicLong();
  private final CompletableFuture<String> answer = new CompletableFuture<>();
  private final ScriptedUpstream upstream;

  BareUnknownClientTest() throws IOException {
    upstream =
        ScriptedUpstream.start(
            "server", new ServerTls(ServerTls.Mode.PERMISSIVE, MESH.context(SERVER)));
  }

  @AfterEach
  void close() throws Exception {
    engine.close();
    engine.assertNothingLeft();
    upstream.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
  }

  private Endpoint secured() {
    Endpoint endpoint = upstream.endpoint("server", true);
    transport.expect(endpoint, SERVER);
    return endpoint;
  }

  private ScriptedConnection route(ScriptedConnection connection) {
    engine.connection("orders.invalid:9080", connection);
    return connection;
  }

  private ChannelFuture connecting(InetSocketAddress address, ChannelHandler... first)
      throws InterruptedException {
    ChannelFuture connected =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(first).addLast(new Answer());
                  }
                })
            .connect(address);
    assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
    return connected;
  }

  private ChannelFuture connecting() throws InterruptedException {
    return connecting(InetSocketAddress.createUnresolved("orders.invalid", 9080));
  }

  private void exchange(ChannelFuture connected) throws Exception {
    assertThat(connected.cause()).isNull();
    connected.channel().writeAndFlush(Unpooled.copiedBuffer(REQUEST, StandardCharsets.US_ASCII));
    assertThat(answer.get(5, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200");
    assertThat(connected.channel().close().await(5, TimeUnit.SECONDS)).isTrue();
  }

  private void assertCounted(ScriptedConnection connection) throws InterruptedException {
    assertThat(List.of(connection.takeEvent(), connection.takeEvent(), connection.takeEvent()))
        .containsExactly("start", "connected", "closed");
    assertThat(connection.bytesSent()).isEqualTo(REQUEST.length());
    assertThat(connection.bytesReceived()).isEqualTo(read.get()).isPositive();
  }

  @Test
  void reachesAnEndpointInPlaintext() throws Exception {
    ScriptedConnection connection =
        route(ScriptedConnection.to(upstream.endpoint("server", false)));
    ChannelFuture connected = connecting();
    assertThat(((InetSocketAddress) connected.channel().remoteAddress()).getHostString())
        .isEqualTo("orders.invalid");
    exchange(connected);
    assertThat(upstream.takeRequest().secure()).isFalse();
    assertCounted(connection);
  }

  @Test
  void reachesAnEndpointByMutualTls() throws Exception {
    ScriptedConnection connection = route(ScriptedConnection.to(secured()));
    exchange(connecting());
    assertThat(upstream.takeRequest().secure()).isTrue();
    assertCounted(connection);
  }

  @Test
  void waitsForThePolicyOnNoThread() throws Exception {
    CompletableFuture<Void> policy = new CompletableFuture<>();
    ScriptedConnection connection = route(ScriptedConnection.to(secured()).after(policy));
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(
            () -> {
              try {
                exchange(connecting());
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    // The only event loop is free meanwhile.
    assertThat(loops.submit(() -> {}).await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(connection.events()).isEmpty();
    policy.complete(null);
    done.get(10, TimeUnit.SECONDS);
    assertThat(upstream.takeRequest().secure()).isTrue();
  }

  @Test
  void refusesPlaintextWhereThereIsNoCertificate() throws Exception {
    ScriptedConnection connection = route(ScriptedConnection.to(secured()));
    transport.forgetAll();
    ChannelFuture connected = connecting();
    assertThat(connected.cause())
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("must be reached by mutual TLS");
    assertThat(connection.takeEvent()).isEqualTo("start");
    assertThat(connection.takeEvent()).isEqualTo("failed ConnectException");
    assertThat(upstream.connections()).isZero();
  }

  @Test
  void failsWhereTheMeshRefuses() throws Exception {
    route(ScriptedConnection.refused("no healthy upstream"));
    assertThat(connecting().cause())
        .isInstanceOf(ConnectException.class)
        .hasMessage("no healthy upstream");
  }

  @Test
  void waitsNoLongerForAConnectionThanThePolicySays() throws Exception {
    try (FullServer full = new FullServer()) {
      ScriptedConnection connection = route(ScriptedConnection.to(full.endpoint()).within(200));
      ChannelFuture connected = connecting();
      assertThat(connected.cause()).isInstanceOf(ConnectTimeoutException.class);
      assertThat(connected.channel().config().getConnectTimeoutMillis()).isEqualTo(30_000);
      assertThat(connection.takeEvent()).isEqualTo("start");
      assertThat(connection.takeEvent()).isEqualTo("failed ConnectTimeoutException");
    }
  }

  @Test
  void countsWhatGoesWhereTheApplicationWants() throws Exception {
    ScriptedConnection connection = ScriptedConnection.counted();
    engine.connection("127.0.0.1:" + upstream.port(), connection);
    exchange(connecting(new InetSocketAddress("127.0.0.1", upstream.port())));
    assertThat(upstream.takeRequest().secure()).isFalse();
    assertCounted(connection);
  }

  @Test
  void leavesOtherConnectionsAlone() throws Exception {
    ScriptedConnection left = ScriptedConnection.left();
    engine.connection("127.0.0.1:" + upstream.port(), left);
    exchange(connecting(new InetSocketAddress("127.0.0.1", upstream.port())));
    assertThat(upstream.takeRequest().secure()).isFalse();
    assertThat(left.events()).containsExactly("start");
  }

  @Test
  void leavesRequestsOfHttpToThoseWhoSeeThem() throws Exception {
    ScriptedConnection connection = ScriptedConnection.to(ScriptedUpstream.deadEndpoint());
    engine.connection("127.0.0.1:" + upstream.port(), connection);
    ChannelFuture connected =
        connecting(new InetSocketAddress("127.0.0.1", upstream.port()), new HttpClientCodec());
    assertThat(connected.cause()).isNull();
    connected.channel().close().await(5, TimeUnit.SECONDS);
    assertThat(connection.events()).isEmpty();
  }

  @Test
  void connectsAsWithoutAMeshWhenTheEngineBreaks() throws Exception {
    engine.failToConnect(new IllegalStateException("broken"));
    exchange(connecting(new InetSocketAddress("127.0.0.1", upstream.port())));
    assertThat(upstream.takeRequest().secure()).isFalse();
    assertThat(engine.takeProblem().problem()).hasMessage("broken");
  }

  private final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
    private final StringBuilder text = new StringBuilder();

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      text.append(bytes.toString(StandardCharsets.US_ASCII));
      read.addAndGet(bytes.readableBytes());
      if (text.toString().endsWith("server")) {
        answer.complete(text.toString());
      }
    }
  }
}
