package dev.weft.instrumentation.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The mesh's TLS at the head of a pipeline. Works by the library's {@link SslHandler}, but is none:
 * frameworks that look for one go on to see the plaintext connection that they were configured for,
 * and to send files as {@link FileRegion}, which an {@code SslHandler} does not take.
 */
abstract class MeshTls extends ChannelDuplexHandler {

  static final String NAME = "weft-tls";

  final SslHandler ssl;
  final FileWrites files;

  MeshTls(SSLEngine engine) {
    this.ssl = new RecordByRecord(engine);
    this.files = new FileWrites(ssl);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
    files.drop();
    ssl.handlerRemoved(ctx);
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

  /** Old versions lose what stands behind a record that must be answered, as TLS 1.3 has them. */
  private static final class RecordByRecord extends SslHandler {

    private static final int HEADER = 5;

    RecordByRecord(SSLEngine engine) {
      super(engine);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws SSLException {
      int bytes = in.readableBytes();
      int record = bytes < HEADER ? bytes : HEADER + in.getUnsignedShort(in.readerIndex() + 3);
      super.decode(ctx, record < bytes ? in.readSlice(record) : in, out);
    }
  }
}
