package dev.weft.instrumentation.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.ClientTransport;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ReceivedRequest;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ServerTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A program on nothing but Netty that connects to endpoints; clients' own tests prove the rest. */
@Timeout(20)
// The way to make event loops that the oldest version has as well.
@SuppressWarnings("deprecation")
class BareClientFloorTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new NettyClientInstrumentation());

  private static final MeshCertificates MESH = new MeshCertificates();
  private static final String SERVER = "spiffe://mesh.test/ns/default/sa/server";
  private static final String OTHER = "spiffe://mesh.test/ns/default/sa/other";

  private final ClientTransport transport = new ClientTransport(MESH, "spiffe://mesh.test/client");
  private final FakeEngine engine = FakeEngine.install(transport);
  private final EventLoopGroup loops = new NioEventLoopGroup(1);
  private final BlockingQueue<String> answers = new ArrayBlockingQueue<>(10);
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final AtomicBoolean autoRead = new AtomicBoolean(true);
  private final ScriptedUpstream upstream;
  private final Endpoint endpoint;

  BareClientFloorTest() throws IOException {
    upstream = start(MESH.context(SERVER));
    endpoint = upstream.endpoint("server", true);
  }

  private static ScriptedUpstream start(SSLContext context) throws IOException {
    return ScriptedUpstream.start("server", new ServerTls(ServerTls.Mode.PERMISSIVE, context));
  }

  @BeforeEach
  void expectTheServer() {
    transport.expect(endpoint, SERVER);
  }

  @AfterEach
  void close() throws Exception {
    engine.close();
    engine.assertNothingLeft();
    upstream.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
  }

  private ChannelFuture connecting(SocketAddress address) throws InterruptedException {
    ChannelFuture connected =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2500)
            .option(ChannelOption.AUTO_READ, autoRead.get())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new Connecting(),
                            new HttpClientCodec(),
                            new HttpObjectAggregator(1 << 20),
                            new Answer());
                  }
                })
            .connect(address);
    assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
    return connected;
  }

  private Channel connect(SocketAddress address) throws InterruptedException {
    ChannelFuture connected = connecting(address);
    assertThat(connected.cause()).isNull();
    return connected.channel();
  }

  private String exchange(Channel channel) throws InterruptedException {
    channel.writeAndFlush(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/x"));
    String answer = answers.poll(5, TimeUnit.SECONDS);
    channel.close().await(5, TimeUnit.SECONDS);
    return String.valueOf(answer);
  }

  private List<String> seen() throws InterruptedException {
    // Behind what the event loop still has to do.
    loops.submit(() -> {}).await(5, TimeUnit.SECONDS);
    return events;
  }

  private void assertRefused(Endpoint to) throws Exception {
    ChannelFuture connected = connecting(to.socketAddress());
    assertThat(connected.cause()).isInstanceOf(ConnectException.class);
    assertThat(connected.channel().closeFuture().await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(seen()).as("what the application saw").containsExactly("failed to connect");
  }

  @Test
  void encryptsAConnectionToAMutualTlsEndpoint() throws Exception {
    Channel channel = connect(endpoint.socketAddress());
    assertThat(exchange(channel)).isEqualTo("200 server");
    assertThat(upstream.takeRequest().secure()).isTrue();
    assertThat(seen()).containsExactly("connected", "active", "inactive");
    upstream.awaitOpenConnections(0);
  }

  @Test
  void encryptsForAnApplicationThatReadsByItself() throws Exception {
    autoRead.set(false);
    Channel channel = connect(endpoint.socketAddress());
    assertThat(exchange(channel)).isEqualTo("200 server");
    assertThat(upstream.takeRequest().secure()).isTrue();
  }

  @Test
  void leavesOtherConnectionsAlone() throws Exception {
    assertThat(
            exchange(
                connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream.port()))))
        .isEqualTo("200 server");
    assertThat(upstream.takeRequest().secure()).isFalse();
    Channel plain = connect(upstream.endpoint("server", false).socketAddress());
    assertThat(exchange(plain)).isEqualTo("200 server");
    assertThat(upstream.takeRequest().secure()).isFalse();
  }

  @Test
  void asksForTheServerNameThatTheTransportGives() throws Exception {
    transport.askFor(endpoint, "orders.example.com");
    exchange(connect(endpoint.socketAddress()));
    assertThat(upstream.serverNames()).containsExactly("orders.example.com");
  }

  @Test
  void sendsAFile(@TempDir Path directory) throws Exception {
    File file = Files.writeString(directory.resolve("body"), "x".repeat(200_000)).toFile();
    Channel channel = connect(endpoint.socketAddress());
    HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.PUT, "/file");
    head.headers().set("content-length", "200000");
    channel.write(head);
    channel.write(new DefaultFileRegion(file, 0, 200_000));
    channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(answers.poll(5, TimeUnit.SECONDS)).isEqualTo("200 server");
    ReceivedRequest received = upstream.takeRequest();
    assertThat(received.text()).hasSize(200_000);
    assertThat(received.secure()).isTrue();
    channel.close().await(5, TimeUnit.SECONDS);
  }

  @Test
  void refusesToConnectWithoutACertificate() throws Exception {
    transport.forgetAll();
    assertRefused(endpoint);
    assertThat(upstream.connections()).isZero();
  }

  @Test
  void refusesAnotherIdentity() throws Exception {
    transport.expect(endpoint, OTHER);
    assertRefused(endpoint);
    assertThat(upstream.waiting()).isZero();
    assertThat(transport.refusals()).containsExactly("server.tls.weft HANDSHAKE");
  }

  @Test
  void refusesAnotherIdentityOnAResumedSession() throws Exception {
    for (int i = 0; i < 2; i++) {
      upstream.reply(UpstreamReply.ok("server").header("Connection", "close").thenClose());
      assertThat(exchange(connect(endpoint.socketAddress()))).isEqualTo("200 server");
    }
    upstream.forgetRequests();
    assertThat(seen()).endsWith("inactive");
    events.clear();
    transport.expect(endpoint, OTHER);
    assertRefused(endpoint);
    assertThat(upstream.waiting()).isZero();
  }

  @Test
  void refusesACertificateThatIsExpired() throws Exception {
    try (ScriptedUpstream expired = start(MESH.expired(SERVER))) {
      Endpoint over = expired.endpoint("server", true);
      transport.expect(over, SERVER);
      assertRefused(over);
      assertThat(expired.waiting()).isZero();
    }
  }

  @Test
  void refusesAPeerOfAnotherMesh() throws Exception {
    try (ScriptedUpstream foreign = start(new MeshCertificates().context(SERVER))) {
      Endpoint other = foreign.endpoint("server", true);
      transport.expect(other, SERVER);
      assertRefused(other);
      assertThat(foreign.waiting()).isZero();
    }
  }

  @Test
  void refusesAServerThatSpeaksPlaintextOnly() throws Exception {
    try (ScriptedUpstream plain = ScriptedUpstream.start("plain")) {
      Endpoint other = plain.endpoint("server", true);
      transport.expect(other, SERVER);
      assertRefused(other);
      assertThat(plain.waiting()).isZero();
    }
  }

  @Test
  void refusesAServerThatDoesNotAnswerTheHandshake() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      Endpoint other =
          new Endpoint(
              "silent" + Endpoint.TLS_SUFFIX,
              new byte[] {127, 0, 0, 1},
              silent.getLocalPort(),
              true);
      transport.expect(other, SERVER);
      assertRefused(other);
    }
  }

  @Test
  void failsTheConnectWhenNobodyListens() throws Exception {
    Endpoint dead =
        new Endpoint(
            "dead" + Endpoint.TLS_SUFFIX,
            new byte[] {127, 0, 0, 1},
            ScriptedUpstream.deadEndpoint().port(),
            true);
    transport.expect(dead, SERVER);
    assertRefused(dead);
  }

  @Test
  void endsTheConnectionWhenItsTlsIsTakenOff() throws Exception {
    Channel channel = connect(endpoint.socketAddress());
    channel.pipeline().remove(MeshTls.NAME);
    assertThat(channel.closeFuture().await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(channel.writeAndFlush(Unpooled.copiedBuffer(new byte[9])).await().isSuccess())
        .isFalse();
    assertThat(upstream.waiting()).isZero();
  }

  private final class Connecting extends ChannelOutboundHandlerAdapter {
    @Override
    public void connect(
        ChannelHandlerContext ctx,
        SocketAddress remote,
        @Nullable SocketAddress local,
        ChannelPromise promise) {
      promise.addListener(done -> events.add(done.isSuccess() ? "connected" : "failed to connect"));
      ctx.connect(remote, local, promise);
    }
  }

  private final class Answer extends SimpleChannelInboundHandler<FullHttpResponse> {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      events.add("active");
      ctx.fireChannelActive();
      readIfAsked(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      readIfAsked(ctx);
    }

    private void readIfAsked(ChannelHandlerContext ctx) {
      if (!autoRead.get()) {
        ctx.read();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      events.add("inactive");
      ctx.fireChannelInactive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      answers.add(
          response.status().code() + " " + response.content().toString(StandardCharsets.UTF_8));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      events.add("exception " + cause);
    }
  }
}
