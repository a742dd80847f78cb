package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/** The contract's sample application on a server of Netty's own parts. */
final class BareServer implements InboundServer {

  /** When and how the codec comes into the pipeline. */
  enum Style {
    PLAIN,
    /**
     * A handler that makes objects of its own of requests is put right behind the codec after the
     * codec is in place, as Armeria does.
     */
    INSERTS,
    /** The codec is put in when the first bytes are there, as MockServer does. */
    CHOOSES
  }

  private final Style style;

  BareServer() {
    this(Style.PLAIN);
  }

  BareServer(Style style) {
    this.style = style;
  }

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
                    if (style == Style.CHOOSES) {
                      channel.pipeline().addLast(new Chooser(this::fill));
                    } else {
                      fill(channel.pipeline());
                    }
                  }

                  private void fill(ChannelPipeline pipeline) {
                    pipeline.addLast("codec", new HttpServerCodec());
                    if (style == Style.INSERTS) {
                      pipeline.addAfter("codec", "own", new Wrapper());
                      pipeline.addLast(new Unwrapper());
                    }
                    pipeline.addLast(new HttpObjectAggregator(1 << 20), new BareApplication());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return ((InetSocketAddress) bound[0].localAddress()).getPort();
  }

  /** Knows with the first bytes what the client speaks. */
  private static final class Chooser extends ChannelInboundHandlerAdapter {
    private final Consumer<ChannelPipeline> choice;

    Chooser(Consumer<ChannelPipeline> choice) {
      this.choice = choice;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      choice.accept(ctx.pipeline());
      ctx.fireChannelRead(msg);
      ctx.pipeline().remove(this);
    }
  }

  /** An object of the application's own. */
  private record Own(HttpObject object) {}

  private static final class Wrapper extends MessageToMessageDecoder<HttpObject> {
    @Override
    protected void decode(ChannelHandlerContext ctx, HttpObject object, List<Object> out) {
      out.add(new Own(ReferenceCountUtil.retain(object)));
    }
  }

  private static final class Unwrapper extends MessageToMessageDecoder<Own> {
    @Override
    protected void decode(ChannelHandlerContext ctx, Own own, List<Object> out) {
      out.add(own.object());
    }
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
