package dev.weft.instrumentation.nettyhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.context.CallContext;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import dev.weft.transport.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the contract does not ask: the ways of HTTP/1.1 on one connection of the application. */
@Timeout(20)
// The way to make event loops that the oldest version has as well.
@SuppressWarnings("deprecation")
class RelayTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new NettyHttpClientInstrumentation());

  private final FakeEngine engine = FakeEngine.install();
  private final EventLoopGroup loops = new NioEventLoopGroup(1);
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private final AtomicInteger bytes = new AtomicInteger();
  private final ScriptedUpstream a = ScriptedUpstream.start("a");
  private final ScriptedUpstream b = ScriptedUpstream.start("b");
  private final List<ChannelHandler> before = new ArrayList<>();
  private boolean autoRead = true;

  RelayTest() throws IOException {}

  @AfterEach
  void close() throws Exception {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    a.close();
    b.close();
    engine.close();
    engine.assertNothingLeft();
  }

  private ChannelFuture connecting(String host, int port) throws InterruptedException {
    ChannelFuture connected =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.AUTO_READ, autoRead)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    before.forEach(handler -> channel.pipeline().addLast(handler));
                    channel.pipeline().addLast(new HttpClientCodec(), new Seeing());
                  }
                })
            .connect(host, port);
    assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
    return connected;
  }

  private Channel connect(String host, int port) throws InterruptedException {
    ChannelFuture connected = connecting(host, port);
    assertThat(connected.cause()).isNull();
    return connected.channel();
  }

  private Channel toOrders() throws InterruptedException {
    engine.routes("orders.invalid:80");
    return connect("orders.invalid", 80);
  }

  private static HttpRequest request(HttpMethod method, String path) {
    HttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path);
    request.headers().set("host", "orders.invalid");
    return request;
  }

  private static HttpRequest head(HttpMethod method, String path) {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, path);
    request.headers().set("host", "orders.invalid");
    return request;
  }

  private String next() throws InterruptedException {
    return String.valueOf(seen.poll(10, TimeUnit.SECONDS));
  }

  private void take(Outcome outcome) throws InterruptedException {
    engine.takeOpened();
    engine.takeResponse();
    assertThat(engine.takeClosed().outcome()).isEqualTo(outcome);
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() throws Exception {
    Channel channel = toOrders();
    for (ScriptedUpstream to : List.of(a, b, a)) {
      engine.call(FakeEngine.send(to.endpoint()));
    }
    for (int i = 0; i < 3; i++) {
      channel.write(request(HttpMethod.GET, "/" + i));
    }
    channel.flush();
    for (String body : List.of("a", "b", "a")) {
      assertThat(List.of(next(), next(), next())).containsExactly("200", body, "end");
      take(Outcome.COMPLETED);
    }
    assertThat(a.connections()).isEqualTo(1);
  }

  @Test
  void sendsARequestForWhomMadeItAndOnceOnly() throws Exception {
    Channel channel = toOrders();
    CallContext maker = CallContext.of(List.of("x-request-id", "made"));
    CallContext before = maker.attach();
    HttpRequest request = request(HttpMethod.GET, "/");
    CallContext.restore(before);
    for (CallContext expected : List.of(maker, CallContext.NONE)) {
      engine.call(
          asked -> {
            seen.add(CallContext.current().toString());
            return FakeEngine.send(a.endpoint()).decide(asked);
          });
      channel.writeAndFlush(ReferenceCountUtil.retain(request));
      assertThat(List.of(next(), next())).containsExactly(expected.toString(), "200");
      assertThat(List.of(next(), next())).containsExactly("a", "end");
      take(Outcome.COMPLETED);
    }
  }

  @Test
  void tellsToContinueAndTakesTheBodyThen() throws Exception {
    RawServer server =
        new RawServer(
            "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    Channel channel = toOrders();
    engine.call(FakeEngine.send(server.endpoint()));
    HttpRequest put = head(HttpMethod.PUT, "/");
    put.headers().set("expect", "100-continue").set("content-length", "4");
    channel.writeAndFlush(put);
    assertThat(List.of(next(), next())).containsExactly("100", "end");
    channel.write(new DefaultHttpContent(Unpooled.copiedBuffer("body", StandardCharsets.UTF_8)));
    channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    server.await("\r\n\r\nbody");
    server.go();
    assertThat(List.of(next(), next(), next())).containsExactly("200", "ok", "end");
    take(Outcome.COMPLETED);
    server.close();
  }

  @Test
  void closesTheConnectionAsTheServerDoes() throws Exception {
    a.reply(UpstreamReply.ok("bye").header("Connection", "close").thenClose());
    Channel channel = toOrders();
    engine.call(FakeEngine.send(a.endpoint()));
    channel.writeAndFlush(request(HttpMethod.GET, "/"));
    assertThat(List.of(next(), next(), next(), next()))
        .containsExactly("200", "bye", "end", "inactive");
    take(Outcome.COMPLETED);
  }

  @Test
  void endsABodyWithoutLengthAndTheConnectionWithIt() throws Exception {
    RawServer server = new RawServer("HTTP/1.1 200 OK\r\n\r\nto the end");
    Channel channel = toOrders();
    engine.call(FakeEngine.send(server.endpoint()));
    channel.writeAndFlush(request(HttpMethod.GET, "/"));
    assertThat(List.of(next(), next())).containsExactly("200", "to the end");
    server.close();
    assertThat(List.of(next(), next())).containsExactly("end", "inactive");
    take(Outcome.COMPLETED);
  }

  @Test
  void passesAnUpgradeToWhereTheApplicationConnected() throws Exception {
    RawServer server = new RawServer("HTTP/1.1 101 Switching Protocols\r\n\r\nframes");
    engine.routes("localhost:" + server.port());
    Channel channel = connect("localhost", server.port());
    HttpRequest upgrade = request(HttpMethod.GET, "/socket");
    upgrade.headers().set("connection", "upgrade").set("upgrade", "websocket");
    channel.writeAndFlush(upgrade);
    server.await("upgrade: websocket");
    assertThat(next()).isEqualTo("101");
    channel.close().await(5, TimeUnit.SECONDS);
    server.awaitEnd();
    server.close();
  }

  @Test
  void passesARequestOfAGovernedHostThroughWithoutAnyConnectionBefore() throws Exception {
    engine.routes("localhost:" + a.port());
    Channel channel = connect("localhost", a.port());
    assertThat(a.connections()).isZero();
    engine.call(FakeEngine.passThrough());
    channel.writeAndFlush(request(HttpMethod.GET, "/direct"));
    assertThat(List.of(next(), next(), next())).containsExactly("200", "a", "end");
    assertThat(a.takeRequest().target()).isEqualTo("/direct");
    engine.takeOpened();
    assertThat(engine.takeClosed().status()).isEqualTo(200);
    engine.call(FakeEngine.send(b.endpoint()));
    channel.writeAndFlush(request(HttpMethod.GET, "/sent"));
    assertThat(List.of(next(), next(), next())).containsExactly("200", "b", "end");
    take(Outcome.COMPLETED);
    channel.close().await(5, TimeUnit.SECONDS);
    a.awaitOpenConnections(0);
    b.awaitOpenConnections(0);
  }

  @Test
  void failsANameThatNobodyKnows() throws Exception {
    assertThat(connecting("nobody.invalid", 80).cause()).isInstanceOf(UnknownHostException.class);
  }

  @Test
  void readsAsTheApplicationDoes() throws Exception {
    int length = 8 << 20;
    RawServer server =
        new RawServer(
            "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length));
    autoRead = false;
    Channel channel = toOrders();
    engine.call(FakeEngine.send(server.endpoint()));
    channel.writeAndFlush(request(HttpMethod.GET, "/"));
    channel.read();
    assertThat(next()).isEqualTo("200");
    // What one read brings, and not eight megabytes.
    assertThat(loops.submit(bytes::get).get(5, TimeUnit.SECONDS)).isLessThan(1 << 20);
    channel.config().setAutoRead(true);
    String last = next();
    while (!last.equals("end")) {
      last = next();
    }
    take(Outcome.COMPLETED);
    server.close();
  }

  @Test
  void isNotWritableWhileTheEndpointDoesNotRead() throws Exception {
    RawServer server = RawServer.deaf();
    Channel channel = toOrders();
    engine.call(FakeEngine.send(server.endpoint()));
    HttpRequest put = head(HttpMethod.PUT, "/");
    put.headers().set("transfer-encoding", "chunked");
    channel.write(put);
    int parts = 0;
    while (channel.isWritable() && parts < 10_000) {
      channel
          .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[16 << 10])))
          .channel()
          .eventLoop()
          .submit(() -> {})
          .await(5, TimeUnit.SECONDS);
      parts++;
    }
    assertThat(channel.isWritable()).as("after %s parts", parts).isFalse();
    channel.close().await(5, TimeUnit.SECONDS);
    engine.takeOpened();
    assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.CANCELLED);
    server.close();
  }

  @Test
  void isWritableWhileNothingIsDecidedOnlyUpToABound() throws Exception {
    Channel channel = toOrders();
    java.util.concurrent.CompletableFuture<Object> ready =
        new java.util.concurrent.CompletableFuture<>();
    engine.call(
        FakeEngine.always(dev.weft.outbound.Directive.await(ready, TimeUnit.SECONDS.toNanos(60))),
        FakeEngine.send(a.endpoint()));
    HttpRequest put = head(HttpMethod.PUT, "/");
    put.headers().set("content-length", 128 << 10);
    channel.write(put);
    channel
        .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[128 << 10])))
        .channel()
        .eventLoop()
        .submit(() -> {})
        .await(5, TimeUnit.SECONDS);
    assertThat(channel.isWritable()).isFalse();
    ready.complete("policy");
    channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(List.of(next(), next(), next())).containsExactly("200", "a", "end");
    assertThat(channel.isWritable()).isTrue();
    assertThat(a.takeRequest().text()).hasSize(128 << 10);
    take(Outcome.COMPLETED);
  }

  @Test
  void showsTimeLimitsBeforeTheCodecThatSomethingArrives() throws Exception {
    before.add(new ReadTimeoutHandler(1000, TimeUnit.MILLISECONDS));
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n";
    RawServer server = new RawServer(head, "1", "2", "3", "4", "5", "6", "7", "8");
    Channel channel = toOrders();
    engine.call(FakeEngine.send(server.endpoint()));
    channel.writeAndFlush(request(HttpMethod.GET, "/"));
    assertThat(next()).isEqualTo("200");
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 1; i <= 8; i++) {
      assertThat(never.await(250, TimeUnit.MILLISECONDS)).isFalse();
      server.go();
      assertThat(next()).isEqualTo(String.valueOf(i));
    }
    assertThat(next()).isEqualTo("end");
    take(Outcome.COMPLETED);
    server.close();
  }

  @Test
  void offersNoUpgradeToHttp2() throws Exception {
    Channel channel = toOrders();
    engine.call(FakeEngine.send(a.endpoint()));
    HttpRequest upgrade = request(HttpMethod.GET, "/");
    upgrade.headers().set("connection", "upgrade,http2-settings").set("upgrade", "h2c");
    channel.writeAndFlush(upgrade);
    assertThat(List.of(next(), next(), next())).containsExactly("200", "a", "end");
    assertThat(a.takeRequest().header("upgrade")).isNull();
    take(Outcome.COMPLETED);
  }

  @Test
  void tellsTheWriterAndTheChannelOfAFailure() throws Exception {
    Endpoint dead = ScriptedUpstream.deadEndpoint();
    Channel channel = toOrders();
    engine.call(FakeEngine.send(dead), FakeEngine.deliver());
    ChannelFuture written = channel.writeAndFlush(request(HttpMethod.GET, "/"));
    assertThat(written.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(written.cause()).isInstanceOf(java.net.ConnectException.class);
    assertThat(next()).contains("ConnectException");
    assertThat(next()).isEqualTo("inactive");
    engine.takeOpened();
    engine.takeFailure();
    assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.FAILED);
  }

  private final class Seeing extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (msg instanceof HttpResponse response) {
        seen.add(String.valueOf(response.status().code()));
      }
      if (msg instanceof HttpContent content) {
        ByteBuf part = content.content();
        bytes.addAndGet(part.readableBytes());
        if (part.isReadable()) {
          seen.add(part.toString(StandardCharsets.UTF_8));
        }
      }
      if (msg instanceof LastHttpContent) {
        seen.add("end");
      }
      ReferenceCountUtil.release(msg);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      seen.add("inactive");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, @Nullable Throwable cause) {
      seen.add("exception " + cause);
    }
  }

  /** Answers with raw text: the first part when a request came, the others when told to. */
  private static final class RawServer {
    private final java.net.ServerSocket server =
        new java.net.ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress());
    private final BlockingQueue<Boolean> goes = new LinkedBlockingQueue<>();
    private volatile String received = "";
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile java.net.@Nullable Socket socket;

    RawServer(String... parts) throws IOException {
      daemon(() -> serve(parts));
    }

    static RawServer deaf() throws IOException {
      return new RawServer();
    }

    private static void daemon(Runnable task) {
      Thread thread = new Thread(task, "raw server");
      thread.setDaemon(true);
      thread.start();
    }

    private void serve(String... parts) {
      try {
        java.net.Socket accepted = server.accept();
        socket = accepted;
        if (parts.length == 0) {
          return;
        }
        goes.add(true);
        daemon(() -> answer(accepted, parts));
        byte[] buffer = new byte[8192];
        StringBuilder all = new StringBuilder();
        int count = accepted.getInputStream().read(buffer);
        while (count >= 0) {
          received = all.append(new String(buffer, 0, count, StandardCharsets.UTF_8)).toString();
          count = accepted.getInputStream().read(buffer);
        }
      } catch (IOException e) {
        // The test is over.
      } finally {
        ended.countDown();
      }
    }

    private void answer(java.net.Socket accepted, String... parts) {
      try {
        await("\r\n\r\n");
        for (String part : parts) {
          goes.take();
          accepted.getOutputStream().write(part.getBytes(StandardCharsets.UTF_8));
          accepted.getOutputStream().flush();
        }
      } catch (IOException | InterruptedException e) {
        // The test is over.
      }
    }

    int port() {
      return server.getLocalPort();
    }

    Endpoint endpoint() {
      return new Endpoint("raw" + Endpoint.SUFFIX, new byte[] {127, 0, 0, 1}, port(), false);
    }

    void go() {
      goes.add(true);
    }

    void await(String text) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (!received.contains(text) && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(received).contains(text);
    }

    void awaitEnd() throws InterruptedException {
      assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    }

    void close() throws IOException {
      java.net.Socket accepted = socket;
      if (accepted != null) {
        accepted.close();
      }
      server.close();
    }
  }
}
