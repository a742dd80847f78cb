package dev.weft.instrumentation.netty;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.TransportSecurity.ServerTls;
import dev.weft.transport.TransportSecurity.ServerTls.Mode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of an accepted connection: its first byte tells TLS from plaintext. Until then
 * it holds back what an HTTP/2 server says before it is asked, which belongs inside the TLS if
 * there is any. Leaves the pipeline as soon as it knows; leaves what is not HTTP, or is encrypted
 * by the application, alone.
 */
final class Sniffer extends ChannelDuplexHandler {

  static final String NAME = "weft-sniffer";

  /** The first byte of a TLS record that carries a ClientHello. */
  private static final byte HANDSHAKE = 0x16;

  private static final int FRAME_HEADER = 9;
  private static final int FRAME_TYPE = 3;
  private static final byte SETTINGS = 4;

  private @Nullable PendingWriteQueue held;
  private boolean flushed;

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (rule(ctx).mode() == Mode.DISABLE) {
      ctx.pipeline().remove(this);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    drop();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    drop();
    super.channelInactive(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
    if (msg instanceof ByteBuf && !((ByteBuf) msg).isReadable()) {
      ctx.fireChannelRead(msg);
      return;
    }
    ServerTls rule = msg instanceof ByteBuf && isOurs(ctx) ? rule(ctx) : ServerTls.DISABLED;
    SSLContext context = rule.context();
    if (rule.mode() == Mode.DISABLE) {
      stepAside(ctx);
      ctx.fireChannelRead(msg);
    } else if (context != null && first((ByteBuf) msg) == HANDSHAKE) {
      encrypt(ctx, context, msg);
    } else if (rule.mode() == Mode.STRICT) {
      ReferenceCountUtil.release(msg);
      drop();
      ctx.close();
    } else {
      stepAside(ctx);
      ctx.fireChannelRead(msg);
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    PendingWriteQueue queue = held;
    if (queue == null && holds(ctx, msg)) {
      queue = new PendingWriteQueue(ctx);
      held = queue;
    }
    if (queue == null) {
      ctx.write(msg, promise);
    } else {
      queue.add(msg, promise);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (held == null) {
      ctx.flush();
    } else {
      flushed = true;
    }
  }

  /** Whether to wait with the first write; if not, the server speaks first and goes unsniffed. */
  private boolean holds(ChannelHandlerContext ctx, Object msg) {
    Mode mode = isOurs(ctx) ? rule(ctx).mode() : Mode.DISABLE;
    if (mode == Mode.STRICT || (mode == Mode.PERMISSIVE && isSettings(msg))) {
      return true;
    }
    ctx.pipeline().remove(this);
    return false;
  }

  private static boolean isOurs(ChannelHandlerContext ctx) {
    ChannelPipeline pipeline = ctx.pipeline();
    return !Pipelines.hasOwnTls(pipeline)
        && (Pipelines.speaksHttp(pipeline) || ServerPort.isPlainHttp(ctx.channel()));
  }

  private static boolean isSettings(Object msg) {
    if (!(msg instanceof ByteBuf) || ((ByteBuf) msg).readableBytes() < FRAME_HEADER) {
      return false;
    }
    ByteBuf frame = (ByteBuf) msg;
    return frame.getByte(frame.readerIndex() + FRAME_TYPE) == SETTINGS;
  }

  private static byte first(ByteBuf bytes) {
    return bytes.getByte(bytes.readerIndex());
  }

  private static ServerTls rule(ChannelHandlerContext ctx) {
    return Mesh.transport().server(Pipelines.localPort(ctx.channel()));
  }

  private void encrypt(ChannelHandlerContext ctx, SSLContext context, Object clientHello)
      throws Exception {
    ChannelPipeline pipeline = ctx.pipeline();
    MeshServerTls tls = MeshServerTls.of(ctx.channel(), context, Pipelines.acceptsHttp2(pipeline));
    pipeline.addBefore(ctx.name(), MeshTls.NAME, tls);
    ChannelHandlerContext tlsContext = pipeline.context(tls);
    stepAside(ctx);
    try {
      tls.channelRead(tlsContext, clientHello);
    } catch (Throwable refused) {
      tls.exceptionCaught(tlsContext, refused);
    }
  }

  /** Sends what was held back, and leaves the pipeline. */
  private void stepAside(ChannelHandlerContext ctx) {
    PendingWriteQueue queue = held;
    if (queue != null) {
      held = null;
      queue.removeAndWriteAll();
      if (flushed) {
        ctx.flush();
      }
    }
    ctx.pipeline().remove(this);
  }

  private void drop() {
    PendingWriteQueue queue = held;
    if (queue != null) {
      held = null;
      queue.removeAndFailAll(new ClosedChannelException());
    }
  }
}
