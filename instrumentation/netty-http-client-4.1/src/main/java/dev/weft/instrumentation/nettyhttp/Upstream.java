package dev.weft.instrumentation.nettyhttp;

import dev.weft.transport.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an endpoint, on the event loop and by the transport of the application's. Reads
 * only when it is asked to.
 */
final class Upstream extends ChannelInboundHandlerAdapter {

  /** More than servers send: it is the application's codec that has limits. */
  private static final int LINE = 64 << 10;

  private static final int HEADERS = 256 << 10;
  private static final int CHUNK = 8192;

  final Endpoint endpoint;
  private final Upstreams pool;

  /** Whose answer is read; null when idle. */
  private @Nullable Try user;

  private @Nullable Channel channel;

  private Upstream(Endpoint endpoint, Upstreams pool) {
    this.endpoint = endpoint;
    this.pool = pool;
  }

  /** Begins to connect for {@code user}. */
  static ChannelFuture connect(
      Channel application, Endpoint endpoint, int connectMillis, Upstreams pool, Try user) {
    Upstream upstream = new Upstream(endpoint, pool);
    upstream.user = user;
    user.upstream = upstream;
    ChannelFuture connected =
        new Bootstrap()
            .group(application.eventLoop())
            .channel(application.getClass())
            .option(ChannelOption.ALLOCATOR, application.alloc())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    made.pipeline()
                        .addLast(new HttpClientCodec(LINE, HEADERS, CHUNK, false, false), upstream);
                  }
                })
            .connect(endpoint.socketAddress());
    upstream.channel = connected.channel();
    return connected;
  }

  Channel channel() {
    Channel made = channel;
    if (made == null) {
      throw new IllegalStateException("not connected yet");
    }
    return made;
  }

  void use(Try by) {
    user = by;
  }

  /** Nobody reads from it now; a read tells when it ends. */
  void release() {
    user = null;
    channel().read();
  }

  void close() {
    user = null;
    Channel made = channel;
    if (made != null) {
      made.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    Try by = user;
    if (by != null) {
      by.onMessage(msg);
    } else {
      ReferenceCountUtil.release(msg);
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Try by = user;
    if (by != null) {
      by.onReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Try by = user;
    if (by != null) {
      by.onWritability();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended(new IOException("connection to " + endpoint + " closed"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ended(cause);
    ctx.close();
  }

  private void ended(Throwable cause) {
    pool.forget(this);
    Try by = user;
    user = null;
    if (by != null) {
      by.onEnd(cause);
    }
  }
}
