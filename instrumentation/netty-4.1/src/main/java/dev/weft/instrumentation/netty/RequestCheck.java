package dev.weft.instrumentation.netty;

import dev.weft.context.CallContext;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides the HTTP/1.1 requests of one connection in their order, right behind the codec. A request
 * whose verdict is not there, or whose refusal must wait until the requests before it are answered,
 * is held, and what comes after it as well.
 */
final class RequestCheck extends ChannelDuplexHandler {

  private static final String NAME = "weft-requests";

  /** Let in and not answered, the oldest first. */
  private final Deque<Exchange> open = new ArrayDeque<>(2);

  /** What arrived and is held; the request of {@link #deciding} first. */
  private final Deque<Object> held = new ArrayDeque<>(2);

  private @Nullable Exchange deciding;

  /** Of the request whose body arrives. */
  private CallContext reading = CallContext.NONE;

  private boolean stoppedReading;

  /** Something that was read did not reach who asked for it, and who will not ask again. */
  private boolean swallowed;

  /** The rest of a request that was refused arrives. */
  private boolean discarding;

  /** The connection ends with the reply: nothing more is read from it. */
  private boolean deaf;

  /** A handler came between the codec and this while a request was open. */
  private boolean misplaced;

  /** A handler was added to a pipeline: right behind a server's codec stands the check. */
  static void beside(ChannelHandlerContext added) {
    ChannelHandler handler = added.handler();
    Channel channel = Pipelines.accepted(added.channel());
    if (channel == null || handler instanceof RequestCheck) {
      return;
    }
    ServerPort.speaksHttp(channel, handler.getClass());
    ChannelPipeline pipeline = added.pipeline();
    boolean isCodec =
        Pipelines.isServerCodec(handler)
            || handler instanceof HttpRequestDecoder
            || handler instanceof HttpResponseEncoder;
    if (isCodec || pipeline.get(NAME) != null) {
      stand(pipeline);
    }
  }

  /**
   * Puts the check right behind the codec. One that stands elsewhere is replaced: a handler that
   * was put in between may make other objects of requests, which it would let pass undecided.
   */
  private static void stand(ChannelPipeline pipeline) {
    String codec = null;
    boolean decodes = false;
    boolean encodes = false;
    RequestCheck standing = null;
    boolean inPlace = false;
    boolean behindCodec = false;
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      ChannelHandler handler = entry.getValue();
      boolean both = Pipelines.isServerCodec(handler);
      boolean decoder = both || handler instanceof HttpRequestDecoder;
      boolean encoder = both || handler instanceof HttpResponseEncoder;
      decodes |= decoder;
      encodes |= encoder;
      if (decoder || encoder) {
        codec = entry.getKey();
      } else if (handler instanceof RequestCheck) {
        standing = (RequestCheck) handler;
        inPlace = behindCodec;
      }
      behindCodec = decoder || encoder;
    }
    if (codec == null || !decodes || !encodes || inPlace) {
      return;
    }
    if (standing != null) {
      if (!standing.isIdle()) {
        standing.misplaced = true;
        return;
      }
      pipeline.remove(NAME);
    }
    pipeline.addAfter(codec, NAME, new RequestCheck());
  }

  private boolean isIdle() {
    return open.isEmpty() && deciding == null && held.isEmpty() && !discarding && !deaf;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (deaf) {
      ReferenceCountUtil.release(msg);
    } else if (deciding != null || !held.isEmpty()) {
      held.add(msg);
      stopReading(ctx);
    } else {
      accept(ctx, msg);
    }
  }

  private void accept(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof HttpRequest) {
      discarding = false;
      begin(ctx, (HttpRequest) msg);
    } else if (deaf || (discarding && msg instanceof HttpContent)) {
      discarding = !(msg instanceof LastHttpContent);
      swallowed = true;
      ReferenceCountUtil.release(msg);
    } else {
      swallowed = false;
      tell(ctx, msg);
    }
  }

  private void tell(ChannelHandlerContext ctx, Object msg) {
    CallContext context = reading;
    if (msg instanceof LastHttpContent) {
      reading = CallContext.NONE;
    }
    CallContext before = context.attach();
    try {
      ctx.fireChannelRead(msg);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    readOn(ctx);
  }

  /** Where each read is asked for one by one, asks in place of the application. */
  private void readOn(ChannelHandlerContext ctx) {
    if (swallowed && deciding == null) {
      swallowed = false;
      if (!ctx.channel().config().isAutoRead()) {
        ctx.read();
      }
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    Exchange exchange =
        isNone(request)
            ? Exchange.unseen()
            : Exchange.open(new RequestView(ctx.channel(), request));
    CompletionStage<?> pending = exchange.pending();
    if (pending == null) {
      act(ctx, exchange, request);
      return;
    }
    hold(ctx, exchange, request);
    pending.whenComplete(
        (done, failure) ->
            ctx.executor()
                .execute(
                    () -> {
                      exchange.settled();
                      advance(ctx);
                    }));
  }

  /**
   * Where not even a request line was understood the codec makes a request up; and it takes the
   * preface of HTTP/2 for one.
   */
  private static boolean isNone(HttpRequest request) {
    boolean madeUp =
        request.decoderResult().isFailure()
            && request instanceof FullHttpRequest
            && request.uri().equals("/bad-request");
    return madeUp || (request.method().name().equals("PRI") && request.uri().equals("*"));
  }

  private void act(ChannelHandlerContext ctx, Exchange exchange, HttpRequest request) {
    LocalReply reply = exchange.reply();
    if (reply == null) {
      letIn(ctx, exchange, request);
    } else if (open.isEmpty()) {
      answer(ctx, exchange, request, reply);
    } else {
      hold(ctx, exchange, request);
    }
  }

  private void letIn(ChannelHandlerContext ctx, Exchange exchange, HttpRequest request) {
    HttpHeaders headers = request.headers();
    exchange.requestHeaders().apply(headers::remove, headers::set, headers::add);
    if (ctx.pipeline().get(MeshTls.NAME) != null && headers.contains("upgrade", "h2c", true)) {
      // Upgraders clear the pipeline; over TLS a client has no use for it.
      headers.remove("upgrade");
      headers.remove("http2-settings");
    }
    open.add(exchange);
    Channel connection = ctx.channel();
    exchange.onRevoked(connection::close);
    swallowed = false;
    reading = exchange.context();
    tell(ctx, request);
  }

  private void answer(
      ChannelHandlerContext ctx, Exchange exchange, HttpRequest request, LocalReply reply) {
    discarding = !(request instanceof LastHttpContent);
    swallowed = true;
    // A client that waits for "continue" may or may not send its body now.
    boolean keep = HttpUtil.isKeepAlive(request) && !HttpUtil.is100ContinueExpected(request);
    deaf = !keep;
    byte[] body = reply.body();
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            request.method().equals(HttpMethod.HEAD)
                ? Unpooled.EMPTY_BUFFER
                : Unpooled.wrappedBuffer(body));
    HttpHeaders headers = response.headers();
    reply.headers().apply(headers::remove, headers::set, headers::add);
    headers.set("content-length", Integer.toString(body.length));
    if (!keep) {
      headers.set("connection", "close");
    } else if (!request.protocolVersion().isKeepAliveDefault()) {
      headers.set("connection", "keep-alive");
    }
    ReferenceCountUtil.release(request);
    exchange.status = reply.status();
    ChannelFuture written = ctx.writeAndFlush(response);
    closeWith(written, exchange);
    if (!keep) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static void closeWith(ChannelFuture written, Exchange exchange) {
    written.addListener(
        done -> exchange.close(done.isSuccess() ? Outcome.COMPLETED : Outcome.FAILED));
  }

  private void hold(ChannelHandlerContext ctx, Exchange exchange, HttpRequest request) {
    deciding = exchange;
    held.addFirst(request);
    stopReading(ctx);
  }

  private void stopReading(ChannelHandlerContext ctx) {
    if (!stoppedReading && ctx.channel().config().isAutoRead()) {
      stoppedReading = true;
      ctx.channel().config().setAutoRead(false);
    }
  }

  /** A verdict is there, or the last open request is answered: goes on with what is held. */
  private void advance(ChannelHandlerContext ctx) {
    while (!ctx.isRemoved()) {
      Exchange next = deciding;
      if (next != null && (!next.isReady() || (next.reply() != null && !open.isEmpty()))) {
        return;
      }
      Object msg = held.poll();
      if (msg == null) {
        break;
      }
      deciding = null;
      if (next != null) {
        act(ctx, next, (HttpRequest) msg);
      } else {
        accept(ctx, msg);
      }
    }
    if (stoppedReading && !ctx.isRemoved()) {
      stoppedReading = false;
      ctx.fireChannelReadComplete();
      ctx.channel().config().setAutoRead(true);
    }
    readOn(ctx);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    Exchange exchange = open.peek();
    if (exchange != null && msg instanceof HttpResponse) {
      responds(ctx.channel(), exchange, (HttpResponse) msg);
    }
    ChannelPromise written = promise;
    boolean isOpen = exchange != null && open.peek() == exchange;
    if (isOpen && exchange.status != 0 && msg instanceof LastHttpContent) {
      open.remove(exchange);
      written = promise.unvoid();
      closeWith(written, exchange);
      if (misplaced && isIdle()) {
        // Not within the application's own write.
        ctx.executor().execute(() -> moveBack(ctx));
      }
      if (deciding != null && open.isEmpty()) {
        // Not within the application's own write.
        ctx.executor().execute(() -> advance(ctx));
      }
    }
    ctx.write(msg, written);
  }

  private void moveBack(ChannelHandlerContext ctx) {
    if (!ctx.isRemoved()) {
      stand(ctx.pipeline());
    }
  }

  private void responds(Channel connection, Exchange exchange, HttpResponse response) {
    int status = response.status().code();
    if (status >= 200 || (status == 101 && response.headers().contains("upgrade", "h2c", true))) {
      exchange.status = status;
    } else if (status == 101) {
      // What follows is the application's protocol, and still of this request.
      exchange.status = status;
      open.remove(exchange);
      connection.closeFuture().addListener(closed -> exchange.close(Outcome.COMPLETED));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
    ctx.fireChannelInactive();
  }

  /** An upgrade replaces the codec, and us with it. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (deciding != null) {
      // Its verdict would find nobody.
      ctx.close();
    }
    for (Exchange exchange : open) {
      ctx.channel().closeFuture().addListener(closed -> exchange.close(Outcome.FAILED));
    }
    open.clear();
    end();
  }

  private void end() {
    deaf = true;
    Exchange undecided = deciding;
    deciding = null;
    if (undecided != null) {
      undecided.close(Outcome.FAILED);
    }
    for (Exchange exchange = open.poll(); exchange != null; exchange = open.poll()) {
      exchange.close(Outcome.FAILED);
    }
    for (Object msg = held.poll(); msg != null; msg = held.poll()) {
      ReferenceCountUtil.release(msg);
    }
  }
}
