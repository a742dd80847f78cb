package dev.weft.instrumentation.netty;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.Alpn;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** {@link MeshTls} of a connection that was accepted. */
final class MeshServerTls extends MeshTls {

  private static final int HANDSHAKE_SECONDS = 10;

  private final @Nullable InetSocketAddress remote;
  private final int localPort;
  private @Nullable ScheduledFuture<?> timeout;

  private MeshServerTls(Channel channel, SSLEngine engine) {
    super(engine);
    this.remote = Pipelines.inet(channel.remoteAddress());
    this.localPort = Pipelines.localPort(channel);
  }

  static MeshServerTls of(Channel channel, SSLContext context, boolean http2) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    Alpn.choose(engine, http2 ? "h2" : "http/1.1");
    return new MeshServerTls(channel, engine);
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
    super.handlerRemoved(ctx);
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
}
