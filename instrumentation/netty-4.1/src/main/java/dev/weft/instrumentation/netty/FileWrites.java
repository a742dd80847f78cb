package dev.weft.instrumentation.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Sends files through TLS: a piece at a time, the next when the last has left, and what is written
 * behind a file after it. On the event loop.
 */
final class FileWrites {

  private static final int PIECE = 64 * 1024;

  private final SslHandler ssl;
  private final Deque<Write> waiting = new ArrayDeque<>();
  private @Nullable Write current;
  private long sent;
  private boolean holding;

  FileWrites(SslHandler ssl) {
    this.ssl = ssl;
  }

  /** Whether there is nothing to wait for. */
  boolean isIdle() {
    return current == null && waiting.isEmpty() && !holding;
  }

  /** From now on everything waits, until {@link #release}. */
  void hold() {
    holding = true;
  }

  void release(ChannelHandlerContext ctx) throws Exception {
    holding = false;
    advance(ctx);
  }

  void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
    waiting.add(new Write(msg, promise));
    advance(ctx);
  }

  void flush(ChannelHandlerContext ctx) throws Exception {
    waiting.add(new Write(null, null));
    advance(ctx);
  }

  /** The connection is gone. */
  void drop() {
    ClosedChannelException gone = new ClosedChannelException();
    finish(gone);
    for (Write next = waiting.poll(); next != null; next = waiting.poll()) {
      next.fail(gone);
    }
  }

  private void advance(ChannelHandlerContext ctx) throws Exception {
    while (current == null && !holding) {
      Write next = waiting.poll();
      if (next == null) {
        return;
      }
      if (next.msg instanceof FileRegion) {
        current = next;
        sent = 0;
        piece(ctx);
      } else if (next.msg != null && next.promise != null) {
        ssl.write(ctx, next.msg, next.promise);
      } else {
        ssl.flush(ctx);
      }
    }
  }

  private void piece(ChannelHandlerContext ctx) throws Exception {
    Write write = current;
    if (write == null || !(write.msg instanceof FileRegion)) {
      return;
    }
    FileRegion region = (FileRegion) write.msg;
    long left = region.count() - sent;
    if (left <= 0) {
      finish(null);
      return;
    }
    ByteBuf bytes = ctx.alloc().buffer((int) Math.min(PIECE, left));
    try {
      if (region.transferTo(new Into(bytes, (int) Math.min(PIECE, left)), sent) <= 0) {
        throw new EOFException("file ended after " + sent + " of " + region.count() + " bytes");
      }
    } catch (Exception e) {
      bytes.release();
      finish(e);
      return;
    }
    sent += bytes.readableBytes();
    ChannelPromise written = ctx.newPromise();
    written.addListener(
        done -> {
          if (current != write) {
            return;
          }
          if (done.isSuccess()) {
            piece(ctx);
          } else {
            finish(done.cause());
          }
          advance(ctx);
        });
    ssl.write(ctx, bytes, written);
    ssl.flush(ctx);
  }

  private void finish(@Nullable Throwable failure) {
    Write done = current;
    current = null;
    if (done != null && done.promise != null) {
      ReferenceCountUtil.release(done.msg);
      if (failure == null) {
        done.promise.trySuccess();
      } else {
        done.promise.tryFailure(failure);
      }
    }
  }

  /** Something written, or a flush. */
  private static final class Write {
    final @Nullable Object msg;
    final @Nullable ChannelPromise promise;

    Write(@Nullable Object msg, @Nullable ChannelPromise promise) {
      this.msg = msg;
      this.promise = promise;
    }

    void fail(Throwable failure) {
      if (promise != null) {
        ReferenceCountUtil.release(msg);
        promise.tryFailure(failure);
      }
    }
  }

  /** Takes so many bytes, and no more. */
  private static final class Into implements WritableByteChannel {
    private final ByteBuf bytes;
    private final int limit;

    Into(ByteBuf bytes, int limit) {
      this.bytes = bytes;
      this.limit = limit;
    }

    @Override
    public int write(ByteBuffer from) {
      int count = Math.min(from.remaining(), limit - bytes.readableBytes());
      ByteBuffer part = from.duplicate();
      part.limit(part.position() + count);
      bytes.writeBytes(part);
      from.position(from.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
