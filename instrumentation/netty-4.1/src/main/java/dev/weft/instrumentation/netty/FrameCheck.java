package dev.weft.instrumentation.netty;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.instrumentation.netty.StreamExchange.Frame;
import dev.weft.instrumentation.netty.StreamExchange.State;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import java.util.concurrent.CompletionStage;

/**
 * Decides the requests of one HTTP/2 connection as their headers arrive, before whatever the
 * application reads its frames with. Frames of a stream whose verdict is not there are held, within
 * the stream's flow-control window.
 */
final class FrameCheck extends Http2FrameListenerDecorator {

  /** To a request with headers that the application must not see, and that cannot be removed. */
  private static final LocalReply UNCHANGEABLE =
      LocalReply.text(500, "request headers cannot be removed by this version of gRPC", "-");

  private final Http2ConnectionDecoder decoder;

  FrameCheck(Http2FrameListener application, Http2ConnectionDecoder decoder) {
    super(application);
    this.decoder = decoder;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
      throws Http2Exception {
    headers(
        ctx, streamId, headers, () -> super.onHeadersRead(ctx, streamId, headers, padding, end));
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    headers(
        ctx,
        streamId,
        headers,
        () ->
            super.onHeadersRead(
                ctx, streamId, headers, dependency, weight, exclusive, padding, end));
  }

  private void headers(ChannelHandlerContext ctx, int streamId, Http2Headers headers, Frame frame)
      throws Http2Exception {
    Streams streams = Streams.of(ctx.channel(), decoder.connection());
    StreamExchange known = streams.get(streamId);
    if (known != null) {
      // Trailers, or another check that is nested in this one.
      pass(known, frame);
      return;
    }
    Exchange exchange = Exchange.open(new StreamView(ctx.channel(), headers));
    if (StreamReply.isGrpc(StreamReply.contentType(headers))) {
      exchange.received = new GrpcMessages();
      exchange.sent = new GrpcMessages();
    }
    StreamExchange stream = new StreamExchange(exchange, this);
    streams.put(streamId, stream);
    CompletionStage<?> pending = exchange.pending();
    if (pending == null) {
      act(ctx, streamId, stream, headers, frame);
      return;
    }
    stream.held.add(frame);
    pending.whenComplete(
        (done, failure) ->
            ctx.executor()
                .execute(
                    () -> {
                      if (stream.state == State.DECIDING) {
                        settle(ctx, streamId, stream, headers);
                      }
                    }));
  }

  private void pass(StreamExchange stream, Frame frame) throws Http2Exception {
    if (stream.owner != this || stream.state == State.LET_IN) {
      stream.tell(frame);
    } else if (stream.state == State.DECIDING) {
      stream.held.add(frame);
    } else {
      frame.drop();
    }
  }

  /** The verdict was awaited and is there. */
  private void settle(
      ChannelHandlerContext ctx, int streamId, StreamExchange stream, Http2Headers headers) {
    Frame first = stream.held.remove();
    try {
      act(ctx, streamId, stream, headers, first);
      for (Frame frame = stream.held.poll(); frame != null; frame = stream.held.poll()) {
        if (stream.state == State.LET_IN) {
          stream.tell(frame);
        } else {
          frame.drop();
        }
      }
      ctx.flush();
    } catch (Http2Exception failure) {
      fail(ctx, failure);
    }
  }

  private void act(
      ChannelHandlerContext ctx,
      int streamId,
      StreamExchange stream,
      Http2Headers headers,
      Frame frame)
      throws Http2Exception {
    LocalReply reply = stream.exchange.reply();
    if (reply == null && !change(headers, stream.exchange.requestHeaders())) {
      reply = UNCHANGEABLE;
    }
    if (reply != null) {
      stream.state = State.REFUSED;
      StreamReply response =
          StreamReply.of(reply, StreamReply.contentType(headers), isHead(headers));
      answer(ctx, streamId, stream, response);
      return;
    }
    stream.state = State.LET_IN;
    stream.exchange.onRevoked(
        () -> ctx.executor().execute(() -> reset(ctx, streamId, Http2Error.CANCEL)));
    stream.tell(frame);
  }

  /**
   * In the one way that gRPC's own headers know as well.
   *
   * @return false when they are too old to know even that
   */
  private static boolean change(Http2Headers headers, HeaderMutations changes) {
    try {
      changes.apply(
          name -> remove(headers, new AsciiString(name)),
          (name, value) -> {
            remove(headers, new AsciiString(name));
            headers.add(new AsciiString(name), new AsciiString(value));
          },
          (name, value) -> headers.add(new AsciiString(name), new AsciiString(value)));
      return true;
    } catch (UnsupportedOperationException old) {
      return false;
    }
  }

  private static void remove(Http2Headers headers, AsciiString name) {
    if (headers.get(name) != null) {
      headers.remove(name);
    }
  }

  /** As the handler has it for what a listener throws. */
  private static void fail(ChannelHandlerContext ctx, Http2Exception failure) {
    try {
      handler(ctx).exceptionCaught(ctx, failure);
    } catch (Exception unexpected) {
      ctx.fireExceptionCaught(unexpected);
    }
  }

  private static boolean isHead(Http2Headers headers) {
    CharSequence method = headers.method();
    return method != null && "HEAD".contentEquals(method);
  }

  private void answer(
      ChannelHandlerContext ctx, int streamId, StreamExchange stream, StreamReply reply) {
    Http2ConnectionEncoder encoder = handler(ctx).encoder();
    ChannelPromise last = ctx.newPromise();
    boolean empty = reply.body.length == 0;
    last.addListener(
        done -> {
          stream.exchange.close(done.isSuccess() ? Outcome.COMPLETED : Outcome.FAILED);
          reset(ctx, streamId, Http2Error.NO_ERROR);
        });
    encoder.writeHeaders(ctx, streamId, reply.headers, 0, empty, empty ? last : ctx.newPromise());
    if (!empty) {
      encoder.writeData(ctx, streamId, Unpooled.wrappedBuffer(reply.body), 0, true, last);
    }
    ctx.flush();
  }

  /** Ends a stream of which the client has not sent all yet. */
  private void reset(ChannelHandlerContext ctx, int streamId, Http2Error error) {
    if (decoder.connection().stream(streamId) != null && ctx.channel().isActive()) {
      handler(ctx).resetStream(ctx, streamId, error.code(), ctx.newPromise());
      ctx.flush();
    }
  }

  private static Http2ConnectionHandler handler(ChannelHandlerContext ctx) {
    return ctx.handler() instanceof Http2ConnectionHandler
        ? (Http2ConnectionHandler) ctx.handler()
        : ctx.pipeline().get(Http2ConnectionHandler.class);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end)
      throws Http2Exception {
    StreamExchange stream = Streams.of(ctx.channel(), decoder.connection()).get(streamId);
    if (stream == null || stream.owner != this) {
      return super.onDataRead(ctx, streamId, data, padding, end);
    }
    if (stream.exchange.received != null) {
      stream.exchange.received.look(data);
    }
    if (stream.state == State.LET_IN) {
      CallContext before = stream.exchange.context().attach();
      try {
        return super.onDataRead(ctx, streamId, data, padding, end);
      } finally {
        CallContext.restore(before);
      }
    }
    if (stream.state == State.REFUSED) {
      return data.readableBytes() + padding;
    }
    stream.held.add(new HeldData(ctx, streamId, data.retain(), padding, end));
    return 0;
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long error)
      throws Http2Exception {
    StreamExchange stream = Streams.of(ctx.channel(), decoder.connection()).get(streamId);
    if (stream != null) {
      stream.resetByPeer = true;
      if (stream.owner == this && stream.state != State.LET_IN) {
        // The application never heard of it.
        return;
      }
    }
    super.onRstStreamRead(ctx, streamId, error);
  }

  /** Data that waits; its share of the window is given back when the application took it. */
  private final class HeldData implements Frame {
    private final ChannelHandlerContext ctx;
    private final int streamId;
    private final ByteBuf data;
    private final int padding;
    private final boolean end;

    HeldData(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
      this.ctx = ctx;
      this.streamId = streamId;
      this.data = data;
      this.padding = padding;
      this.end = end;
    }

    @Override
    public void tell() throws Http2Exception {
      try {
        int taken = FrameCheck.super.onDataRead(ctx, streamId, data, padding, end);
        giveBack(taken);
      } finally {
        data.release();
      }
    }

    @Override
    public void drop() {
      try {
        giveBack(data.readableBytes() + padding);
      } catch (Http2Exception gone) {
        Mesh.problem("inbound flow control", gone);
      } finally {
        data.release();
      }
    }

    private void giveBack(int bytes) throws Http2Exception {
      Http2Stream stream = decoder.connection().stream(streamId);
      if (stream != null && bytes > 0) {
        decoder.flowController().consumeBytes(stream, bytes);
      }
    }
  }
}
