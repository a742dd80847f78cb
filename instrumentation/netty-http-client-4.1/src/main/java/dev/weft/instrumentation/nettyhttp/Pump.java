package dev.weft.instrumentation.nettyhttp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Hands bytes on to the other connection, which at the application's end is made when there are
 * any: to where the application wanted to be connected. Reads when the last were written.
 */
final class Pump extends ChannelInboundHandlerAdapter {

  private final @Nullable Channel application;
  private final @Nullable InetSocketAddress remote;
  private @Nullable Channel other;

  /** At the end of the application. */
  Pump(Channel application, InetSocketAddress remote) {
    this.application = application;
    this.remote = remote;
  }

  private Pump(Channel other) {
    this.application = null;
    this.remote = null;
    this.other = other;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    Channel to = other;
    if (to != null) {
      write(ctx.channel(), to, msg);
    } else {
      connect(ctx.channel(), msg);
    }
  }

  private static void write(Channel from, Channel to, Object msg) {
    to.writeAndFlush(msg)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                from.read();
              } else {
                from.close();
              }
            });
  }

  private void connect(Channel here, Object first) {
    if (application == null || remote == null || MeshNames.isNowhere(remote)) {
      ReferenceCountUtil.release(first);
      here.close();
      return;
    }
    ChannelFuture connecting =
        new Bootstrap()
            .group(here.eventLoop())
            .channel(application.getClass())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                application.config().getConnectTimeoutMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    made.pipeline().addLast(new Pump(here));
                  }
                })
            .connect(remote);
    other = connecting.channel();
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            write(here, connecting.channel(), first);
            connecting.channel().read();
          } else {
            ReferenceCountUtil.release(first);
            here.close();
          }
        });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Channel to = other;
    if (to != null) {
      to.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
