package dev.weft.instrumentation.nettyhttp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as the application writes it, part by part: kept up to {@link #MOST} bytes
 * so that it can be sent again. On the event loop, except {@link #isReplayable}.
 */
final class RequestBody {

  static final int MOST = 64 << 10;

  private final Deque<Part> parts = new ArrayDeque<>(2);
  private long bytes;
  private boolean keeping = true;
  private boolean whole;

  /** Nobody will want it any more. */
  private boolean over;

  /** A part that was sent is gone. */
  private volatile boolean dropped;

  private @Nullable Channel sink;

  /** Takes {@code msg} over. */
  void add(Object msg, ChannelPromise promise) {
    whole |= msg instanceof LastHttpContent;
    if (over) {
      ReferenceCountUtil.release(msg);
      succeed(promise);
      return;
    }
    Part part = new Part(msg, promise);
    parts.add(part);
    bytes += part.size;
    keeping &= part.copyable && bytes <= MOST;
    Channel to = sink;
    if (to != null) {
      send(part, to);
      dropSent();
    }
  }

  boolean isWhole() {
    return whole;
  }

  /** A request that is followed by another one has no more to come. */
  void endWithout() {
    whole = true;
  }

  boolean isReplayable() {
    return !dropped;
  }

  /** Whether more waits here than should. */
  boolean isFull() {
    return sink == null && !over && bytes > MOST;
  }

  /** Sends everything from the start, and what is still to come, to {@code to}. */
  void sendTo(Channel to) {
    sink = to;
    for (Part part : parts) {
      send(part, to);
    }
    dropSent();
  }

  /** Writes everything as the application did; {@link #passed} sees what is still to come. */
  void passTo(ChannelHandlerContext to) {
    for (Part part = parts.poll(); part != null; part = parts.poll()) {
      to.write(part.msg, part.promise);
    }
    bytes = 0;
  }

  void passed(Object msg) {
    whole |= msg instanceof LastHttpContent;
  }

  void stopSending() {
    sink = null;
  }

  private void send(Part part, Channel to) {
    part.sent = true;
    to.write(keeping ? part.copy() : ReferenceCountUtil.retain(part.msg))
        .addListener(
            done -> {
              if (done.isSuccess()) {
                succeed(part.promise);
              } else if (dropped) {
                fail(part.promise, done.cause());
              }
              if (!done.isSuccess()) {
                to.close();
              }
            });
  }

  private void dropSent() {
    if (keeping) {
      return;
    }
    for (Part part = parts.peek(); part != null && part.sent; part = parts.peek()) {
      parts.remove();
      bytes -= part.size;
      dropped = true;
      ReferenceCountUtil.release(part.msg);
    }
  }

  /** The request is answered: the rest goes nowhere. */
  void finish() {
    sink = null;
    over = true;
    for (Part part = parts.poll(); part != null; part = parts.poll()) {
      ReferenceCountUtil.release(part.msg);
      succeed(part.promise);
    }
  }

  /** The request failed. */
  void fail(Throwable cause) {
    sink = null;
    over = true;
    for (Part part = parts.poll(); part != null; part = parts.poll()) {
      ReferenceCountUtil.release(part.msg);
      fail(part.promise, cause);
    }
  }

  static void succeed(ChannelPromise promise) {
    if (!promise.isVoid()) {
      promise.trySuccess();
    }
  }

  static void fail(ChannelPromise promise, Throwable cause) {
    // Of a void one the application hears by the exception of its channel.
    if (!promise.isVoid()) {
      promise.tryFailure(cause);
    }
  }

  private static final class Part {
    final Object msg;
    final ChannelPromise promise;
    final long size;
    final boolean copyable;
    boolean sent;

    Part(Object msg, ChannelPromise promise) {
      this.msg = msg;
      this.promise = promise;
      if (msg instanceof ByteBuf) {
        size = ((ByteBuf) msg).readableBytes();
        copyable = true;
      } else if (msg instanceof ByteBufHolder) {
        size = ((ByteBufHolder) msg).content().readableBytes();
        copyable = msg instanceof HttpContent;
      } else {
        size = 0;
        copyable = false;
      }
    }

    Object copy() {
      return msg instanceof ByteBuf
          ? ((ByteBuf) msg).duplicate().retain()
          : ((HttpContent) msg).duplicate().retain();
    }
  }
}
