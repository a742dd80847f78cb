package dev.weft.instrumentation.nettyhttp;

import static java.util.Objects.requireNonNull;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.BodyQueue;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of HTTP as programs on nothing but Netty write one: connections kept by host. */
// The way to make event loops that the oldest version has as well.
@SuppressWarnings("deprecation")
final class BareClient implements AsyncTestClient {

  private static final AttributeKey<Receiver> RECEIVER = AttributeKey.valueOf("receiver");

  /** Old versions take a second to shut theirs down. */
  private static final EventLoopGroup LOOPS =
      new NioEventLoopGroup(2, new DefaultThreadFactory("client", true));

  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Map<String, Queue<Channel>> idle = new ConcurrentHashMap<>();

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    int port = request.uri().getPort() < 0 ? 80 : request.uri().getPort();
    String host = request.uri().getHost();
    Receiver receiver = new Receiver(host + ":" + port);
    Channel kept = idle.computeIfAbsent(receiver.key, key -> new ConcurrentLinkedQueue<>()).poll();
    while (kept != null && !kept.isActive()) {
      kept = requireNonNull(idle.get(receiver.key)).poll();
    }
    if (kept != null) {
      receiver.use(kept);
      write(kept, request, receiver);
    } else {
      new Bootstrap()
          .group(LOOPS)
          .channel(NioSocketChannel.class)
          .handler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel made) {
                  open.add(made);
                  made.pipeline().addLast(new HttpClientCodec(), new Handler());
                }
              })
          .connect(InetSocketAddress.createUnresolved(host, port))
          .addListener(
              (io.netty.channel.ChannelFuture done) -> {
                if (done.isSuccess()) {
                  receiver.use(done.channel());
                  write(done.channel(), request, receiver);
                } else {
                  receiver.fail(done.cause());
                }
              });
    }
    receiver.response.whenComplete(
        (value, failure) -> {
          if (receiver.response.isCancelled()) {
            receiver.giveUp();
          }
        });
    return receiver.response;
  }

  private static void write(Channel to, ClientRequest request, Receiver receiver) {
    String path = request.uri().getRawPath().isEmpty() ? "/" : request.uri().getRawPath();
    String query = request.uri().getRawQuery();
    String target = query == null ? path : path + "?" + query;
    HttpMethod method = HttpMethod.valueOf(request.method());
    HttpRequest head =
        request.oneShot()
            ? new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target)
            : new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, method, target, Unpooled.wrappedBuffer(request.bytes()));
    request.headers().forEach(header -> head.headers().add(header.getKey(), header.getValue()));
    if (!head.headers().contains("host")) {
      head.headers().set("host", request.uri().getRawAuthority());
    }
    if (request.body() != null) {
      head.headers().set("content-length", request.bytes().length);
    }
    to.writeAndFlush(head).addListener(done -> receiver.written(done.cause()));
    if (request.oneShot()) {
      to.write(new DefaultFileRegion(file(request.bytes()), 0, request.bytes().length));
      to.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private static File file(byte[] content) {
    try {
      File file = File.createTempFile("weft", "body");
      file.deleteOnExit();
      Files.write(file.toPath(), content);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      open.close().await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private static final class Handler extends SimpleChannelInboundHandler<HttpObject> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject msg) {
      Receiver receiver = ctx.channel().attr(RECEIVER).get();
      if (receiver == null) {
        ctx.fireExceptionCaught(new IllegalStateException("unasked: " + msg));
      } else {
        receiver.receive(msg);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      exceptionCaught(ctx, new IOException("connection closed"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      Receiver receiver = ctx.channel().attr(RECEIVER).getAndSet(null);
      if (receiver != null) {
        receiver.fail(cause);
      }
      ctx.close();
    }
  }

  /** What one exchange gives. */
  private final class Receiver {
    final String key;
    final CompletableFuture<ClientResponse> response = new CompletableFuture<>();
    final BodyQueue body = new BodyQueue();
    private volatile @Nullable Channel channel;
    private volatile boolean over;
    private boolean keep;

    Receiver(String key) {
      this.key = key;
    }

    void use(Channel used) {
      channel = used;
      used.attr(RECEIVER).set(this);
      if (response.isCancelled()) {
        used.close();
      }
    }

    void receive(HttpObject msg) {
      if (msg instanceof HttpResponse head) {
        keep = HttpUtil.isKeepAlive(head);
        response.complete(new Response(this, head));
      }
      if (msg instanceof HttpContent content) {
        body.add(content.content().nioBuffer());
      }
      if (msg instanceof LastHttpContent) {
        over = true;
        Channel used = requireNonNull(channel);
        used.attr(RECEIVER).set(null);
        if (keep) {
          requireNonNull(idle.get(key)).add(used);
        }
        body.end();
      }
    }

    void written(@Nullable Throwable cause) {
      if (cause != null) {
        fail(cause);
      }
    }

    void fail(Throwable cause) {
      body.fail(cause);
      response.completeExceptionally(cause);
    }

    void giveUp() {
      Channel used = channel;
      if (used != null && !over) {
        used.close();
      }
    }
  }

  private record Response(Receiver receiver, HttpResponse head) implements ClientResponse {
    @Override
    public int status() {
      return head.status().code();
    }

    @Override
    public @Nullable String header(String name) {
      return head.headers().get(name);
    }

    @Override
    public InputStream body() {
      return receiver.body;
    }

    @Override
    public void close() {
      receiver.giveUp();
    }
  }
}
