package dev.weft.instrumentation.nettyhttp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection of the application to a host of the mesh is connected to: the loopback, where a
 * {@link Pump} holds the other end. So it is there without a name server, does not end when some
 * instance has enough of it, and nothing is sent over it that the relay does not let pass. Listens
 * for this one connection only; on its event loop.
 */
final class Anchor extends ChannelInboundHandlerAdapter {

  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final String OURS = "weft-";

  private final Channel application;
  private final InetSocketAddress remote;
  private final List<Channel> accepted = new ArrayList<>(1);
  private boolean connected;

  private Anchor(Channel application, InetSocketAddress remote) {
    this.application = application;
    this.remote = remote;
  }

  /** Connects {@code application} here; where that cannot be, to {@code remote}. */
  static void connect(
      Channel application,
      InetSocketAddress remote,
      @Nullable SocketAddress local,
      ChannelPromise promise) {
    Channel server;
    try {
      server = serverLike(application);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      withoutAnchor(application, remote, local, promise, e);
      return;
    }
    Anchor anchor = new Anchor(application, remote);
    strip(server.pipeline());
    server.pipeline().addLast(anchor);
    application.closeFuture().addListener(closed -> server.close());
    ChannelFuture registered = application.eventLoop().register(server);
    registered.addListener(
        done -> {
          if (!done.isSuccess()) {
            withoutAnchor(application, remote, local, promise, done.cause());
            return;
          }
          strip(server.pipeline());
          server
              .bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0))
              .addListener(
                  bound -> {
                    if (bound.isSuccess()) {
                      anchor.connectTo(server, promise);
                    } else {
                      server.close();
                      withoutAnchor(application, remote, local, promise, bound.cause());
                    }
                  });
        });
  }

  private void connectTo(Channel server, ChannelPromise promise) {
    promise.addListener(
        done -> {
          connected = done.isSuccess();
          if (connected) {
            match(server);
          } else {
            server.close();
          }
        });
    application.unsafe().connect(server.localAddress(), null, promise);
  }

  private static void withoutAnchor(
      Channel application,
      InetSocketAddress remote,
      @Nullable SocketAddress local,
      ChannelPromise promise,
      Throwable why) {
    if (MeshNames.isNowhere(remote)) {
      promise.tryFailure(why);
      application.unsafe().close(application.unsafe().voidPromise());
    } else {
      application.unsafe().connect(remote, local, promise);
    }
  }

  /** Of the same transport: each has its two classes side by side, named alike. */
  private static ServerChannel serverLike(Channel channel) throws ReflectiveOperationException {
    Class<?> type = channel.getClass();
    String name = type.getName().replace("SocketChannel", "ServerSocketChannel");
    return Class.forName(name, true, type.getClassLoader())
        .asSubclass(ServerChannel.class)
        .getConstructor()
        .newInstance();
  }

  /** This is no server of the application's. */
  private static void strip(ChannelPipeline pipeline) {
    for (String name : pipeline.names()) {
      if (name.startsWith(OURS)) {
        pipeline.remove(name);
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    Channel child = (Channel) msg;
    strip(child.pipeline());
    child.config().setAutoRead(false);
    accepted.add(child);
    ctx.channel()
        .eventLoop()
        .register(child)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                child.unsafe().closeForcibly();
              } else if (connected) {
                match(ctx.channel());
              }
            });
  }

  /** Only the application's own connection gets an answer here. */
  private void match(Channel server) {
    SocketAddress own = application.localAddress();
    boolean found = false;
    for (Channel child : accepted) {
      if (!found && port(child.remoteAddress()) == port(own)) {
        found = true;
        child.pipeline().addLast(new Pump(application, remote));
        child.read();
      } else {
        child.close();
      }
    }
    accepted.clear();
    if (found) {
      server.close();
    }
  }

  private static int port(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress ? ((InetSocketAddress) address).getPort() : -1;
  }
}
