package dev.weft.instrumentation.netty;

import dev.weft.outbound.OutboundMesh.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;

/** Tells what the application sends and receives over a connection that a floor opened. */
final class Meter extends ChannelDuplexHandler {

  private static final String NAME = "weft-meter";

  private final Connection connection;
  private final ChannelPromise promise;
  private boolean connected;

  /** Written before the connection was there. */
  private long early;

  private Meter(Connection connection, ChannelPromise promise) {
    this.connection = connection;
    this.promise = promise;
  }

  /** Before TLS of ours is put in, which must be nearer to the transport. */
  static void put(ChannelPipeline pipeline, Connection connection, ChannelPromise promise) {
    Meter meter = new Meter(connection, promise);
    promise.addListener(
        done -> {
          if (done.isSuccess()) {
            meter.connected();
          } else {
            connection.failed(done.cause());
          }
        });
    pipeline.channel().closeFuture().addListener(closed -> connection.closed());
    pipeline.addFirst(NAME, meter);
  }

  /** Of those who hear of a success, the application may come first and write at once. */
  private void connected() {
    if (!connected) {
      connected = true;
      connection.connected();
      connection.sent(early);
    }
  }

  private void sent(long bytes) {
    if (promise.isSuccess()) {
      connected();
      connection.sent(bytes);
    } else {
      early += bytes;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
    if (msg instanceof ByteBuf) {
      connected();
      connection.received(((ByteBuf) msg).readableBytes());
    }
    super.channelRead(ctx, msg);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise written)
      throws Exception {
    if (msg instanceof ByteBuf) {
      sent(((ByteBuf) msg).readableBytes());
    } else if (msg instanceof FileRegion) {
      sent(((FileRegion) msg).count());
    }
    super.write(ctx, msg, written);
  }
}
