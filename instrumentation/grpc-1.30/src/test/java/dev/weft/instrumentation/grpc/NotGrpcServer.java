package dev.weft.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.transport.Endpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** HTTP/2 that knows nothing of gRPC, as a proxy speaks it of which the server is away. */
final class NotGrpcServer implements AutoCloseable {

  /** What a request is answered: trailers end the response where there are any. */
  record Answer(Http2Headers headers, @Nullable String body, @Nullable Http2Headers trailers) {

    static Answer of(int status, @Nullable String type, @Nullable String body) {
      Http2Headers headers = new DefaultHttp2Headers().status(Integer.toString(status));
      if (type != null) {
        headers.set("content-type", type);
      }
      return new Answer(headers, body, null);
    }

    static Answer page(int status) {
      return of(status, "text/html; charset=utf-8", "<html><h1>Sorry: " + status + "</h1></html>");
    }
  }

  private final EventLoopGroup loop;
  private final Channel channel;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();

  @SuppressWarnings("deprecation") // The group that Netty 4.1 has as well.
  NotGrpcServer() {
    loop = new NioEventLoopGroup(1);
    Answering answering = new Answering();
    channel =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    connections.incrementAndGet();
                    accepted
                        .pipeline()
                        .addLast(Http2FrameCodecBuilder.forServer().build(), answering);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  NotGrpcServer answer(Answer next) {
    answers.add(next);
    return this;
  }

  Endpoint endpoint() {
    return new Endpoint(
        "proxy.weft",
        InetAddress.getLoopbackAddress().getAddress(),
        ((InetSocketAddress) channel.localAddress()).getPort(),
        false);
  }

  int connections() {
    return connections.get();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    assertThat(
            loop.shutdownGracefully(0, 10, TimeUnit.SECONDS)
                .awaitUninterruptibly(10, TimeUnit.SECONDS))
        .isTrue();
  }

  @Sharable
  private final class Answering extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      if (frame instanceof Http2HeadersFrame request) {
        Answer next = answers.remove();
        boolean bare = next.body == null && next.trailers == null;
        context.write(new DefaultHttp2HeadersFrame(next.headers, bare).stream(request.stream()));
        if (next.body != null) {
          context.write(
              new DefaultHttp2DataFrame(
                      Unpooled.copiedBuffer(next.body, StandardCharsets.UTF_8),
                      next.trailers == null)
                  .stream(request.stream()));
        }
        if (next.trailers != null) {
          context.write(new DefaultHttp2HeadersFrame(next.trailers, true).stream(request.stream()));
        }
        context.flush();
      }
      ReferenceCountUtil.release(frame);
    }
  }
}
