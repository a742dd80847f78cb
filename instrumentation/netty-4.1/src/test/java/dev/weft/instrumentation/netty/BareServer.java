package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The contract's sample application on a server of Netty's own parts. */
final class BareServer implements InboundServer {

  private final EventLoopGroup loops = new NioEventLoopGroup(2);
  private final Channel[] bound = new Channel[1];

  @Override
  public int start() throws Exception {
    bound[0] =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(1 << 20),
                            new BareApplication());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return ((InetSocketAddress) bound[0].localAddress()).getPort();
  }

  @Override
  public void stop() throws Exception {
    if (loops.isShuttingDown()) {
      return;
    }
    bound[0].close().sync();
    loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).sync();
  }
}
