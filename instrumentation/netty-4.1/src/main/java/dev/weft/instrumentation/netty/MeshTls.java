package dev.weft.instrumentation.netty;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.Alpn;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The mesh's TLS at the head of a pipeline. Works by the library's {@link SslHandler}, but is none:
 * frameworks that look for one go on to see the plaintext connection that they were configured for,
 * and to send files as {@link FileRegion}, which an {@code SslHandler} does not take.
 */
final class MeshTls extends ChannelDuplexHandler {

  static final String NAME = "weft-tls";

  private static final int HANDSHAKE_SECONDS = 10;

  private final SslHandler ssl;
  private final FileWrites files;
  private final @Nullable InetSocketAddress remote;
  private final int localPort;
  private @Nullable ScheduledFuture<?> timeout;

  private MeshTls(Channel channel, SSLEngine engine) {
    this.ssl = new SslHandler(engine);
    this.files = new FileWrites(ssl);
    this.remote = Pipelines.inet(channel.remoteAddress());
    this.localPort = Pipelines.localPort(channel);
  }

  static MeshTls server(Channel channel, SSLContext context, boolean http2) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    Alpn.choose(engine, http2 ? "h2" : "http/1.1");
    return new MeshTls(channel, engine);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    timeout =
        ctx.executor()
            .schedule(
                () -> {
                  if (!ssl.handshakeFuture().isDone()) {
                    ctx.close();
                  }
                },
                HANDSHAKE_SECONDS,
                TimeUnit.SECONDS);
    ssl.handshakeFuture()
        .addListener(
            handshake -> {
              endTimeout();
              if (handshake.isSuccess()) {
                connected(ctx.channel());
              }
            });
    ssl.handlerAdded(ctx);
  }

  private void endTimeout() {
    ScheduledFuture<?> running = timeout;
    if (running != null) {
      timeout = null;
      running.cancel(false);
    }
  }

  private void connected(Channel channel) {
    InetSocketAddress peer = remote;
    if (peer == null) {
      return;
    }
    Mesh.transport().connected(peer, localPort, ssl.engine().getSession());
    channel.closeFuture().addListener(closed -> Mesh.transport().disconnected(peer, localPort));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
    endTimeout();
    files.drop();
    ssl.handlerRemoved(ctx);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    ssl.channelActive(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    endTimeout();
    files.drop();
    try {
      ssl.channelInactive(ctx);
    } catch (Exception brokeOff) {
      // In the handshake; the application knows nothing of one.
      ctx.fireChannelInactive();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
    ssl.channelRead(ctx, msg);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    ssl.channelReadComplete(ctx);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    ssl.userEventTriggered(ctx, event);
  }

  /** A handshake that fails is no failure of the application's: it is not told. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (ssl.handshakeFuture().isSuccess()) {
      ssl.exceptionCaught(ctx, cause);
    } else {
      ctx.close();
    }
  }

  @Override
  public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
    ssl.disconnect(ctx, promise);
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
    ssl.close(ctx, promise);
  }

  @Override
  public void read(ChannelHandlerContext ctx) throws Exception {
    ssl.read(ctx);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise)
      throws Exception {
    if (msg instanceof ByteBuf && files.isIdle()) {
      ssl.write(ctx, msg, promise);
    } else {
      files.write(ctx, msg, promise);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) throws Exception {
    if (files.isIdle()) {
      ssl.flush(ctx);
    } else {
      files.flush(ctx);
    }
  }
}
