package dev.weft.instrumentation.nettyhttp;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.LocalReply;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Behind the codec of a client's connection: decides each request that the application writes, one
 * after the other, and gives it the answer as if it had come over this connection. Requests that
 * pass through go over it. On the event loop.
 */
final class Relay extends ChannelDuplexHandler {

  static final String NAME = "weft-relay";

  /** A place in the mask of reasons not to be writable that nobody else is known to take. */
  private static final int WRITABILITY = 29;

  final Upstreams pool = new Upstreams();

  private final InetSocketAddress remote;

  /** Written and not over, the oldest first. */
  private final Deque<RelayExchange> queue = new ArrayDeque<>(2);

  private @Nullable ChannelHandlerContext context;
  private boolean gone;
  private boolean writable = true;

  /** The application asked for more. */
  private boolean wanted;

  Relay(InetSocketAddress remote) {
    this.remote = remote;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return ctx;
  }

  Channel channel() {
    return context().channel();
  }

  /** Runs {@code step} on the event loop; one that breaks ends the connection. */
  void onLoop(Runnable step) {
    if (!channel().eventLoop().inEventLoop()) {
      channel().eventLoop().execute(() -> onLoop(step));
      return;
    }
    // What an answer lets go on, such as another's wait for this connection, is not the caller's.
    CallContext before = CallContext.current();
    try {
      if (!before.isEmpty()) {
        CallContext.NONE.attach();
      }
      step.run();
    } catch (Throwable t) {
      Mesh.problem("netty http relay", t);
      context().close();
    } finally {
      if (!before.isEmpty()) {
        CallContext.restore(before);
      }
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    RelayExchange last = queue.peekLast();
    if (gone) {
      ctx.write(msg, promise);
    } else if (msg instanceof HttpRequest) {
      if (last != null) {
        last.body.endWithout();
      }
      enqueue(ctx, (HttpRequest) msg, promise);
      advance();
    } else if (last == null || last.body.isWhole()) {
      ctx.write(msg, promise);
    } else if (last.isPassing()) {
      last.body.passed(msg);
      ctx.write(msg, promise);
      advance();
    } else {
      last.body.add(msg, promise);
      updateWritability();
      advance();
    }
  }

  private void enqueue(ChannelHandlerContext ctx, HttpRequest request, ChannelPromise promise) {
    CallContext origin = Origins.take(ctx.channel(), request);
    if (!(request instanceof FullHttpRequest)) {
      queue.add(new RelayExchange(request, promise, origin, this));
      return;
    }
    FullHttpRequest full = (FullHttpRequest) request;
    HttpRequest head =
        new DefaultHttpRequest(full.protocolVersion(), full.method(), full.uri(), false);
    head.headers().add(full.headers());
    RelayExchange exchange = new RelayExchange(head, ctx.newPromise(), origin, this);
    DefaultLastHttpContent rest = new DefaultLastHttpContent(full.content(), false);
    rest.trailingHeaders().add(full.trailingHeaders());
    exchange.body.add(rest, promise);
    queue.add(exchange);
  }

  /** Goes on with the next request when the one before is over. */
  private void advance() {
    RelayExchange first = queue.peek();
    while (first != null && first.isOver()) {
      queue.remove();
      first = queue.peek();
    }
    if (first != null && first.begin()) {
      begin(first);
    }
  }

  private void begin(RelayExchange exchange) {
    HttpRequest request = exchange.request;
    HttpHeaders headers = request.headers();
    if (headers.contains("upgrade", "h2c", true)) {
      // A server may always ignore the offer.
      headers.remove("upgrade");
      headers.remove("http2-settings");
      headers.remove("connection");
    }
    if (Layers.areLeftAlone(context().pipeline())
        || headers.contains("upgrade")
        || request.method().equals(HttpMethod.CONNECT)) {
      stepAside();
    } else if (request.uri().contains("://") && !request.uri().startsWith("/")) {
      // As one writes to a proxy.
      exchange.pass();
    } else {
      exchange.result.whenComplete(
          (status, failure) -> {
            if (failure != null) {
              onLoop(() -> failed(exchange, failure));
            }
          });
      CallContext before = exchange.origin.attach();
      try {
        AsyncDriver.run(new RequestView(request, remote, exchange.body), exchange, exchange.result);
      } finally {
        CallContext.restore(before);
      }
    }
  }

  /** What follows is not for the mesh. */
  private void stepAside() {
    gone = true;
    pool.close();
    for (RelayExchange each = queue.poll(); each != null; each = queue.poll()) {
      passThrough(each);
    }
    context().pipeline().remove(this);
  }

  void passThrough(RelayExchange exchange) {
    ChannelHandlerContext ctx = context();
    ctx.write(exchange.request, exchange.headPromise());
    exchange.body.passTo(ctx);
    ctx.flush();
    updateWritability();
  }

  void reply(RelayExchange exchange, LocalReply reply) {
    boolean bodiless = exchange.request.method().equals(HttpMethod.HEAD);
    byte[] body = reply.body();
    HttpResponse response =
        new DefaultHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), false);
    HttpHeaders headers = response.headers();
    reply.headers().apply(headers::remove, headers::set, headers::add);
    headers.set("content-length", Integer.toString(body.length));
    fire(response);
    end(
        exchange,
        bodiless || body.length == 0
            ? LastHttpContent.EMPTY_LAST_CONTENT
            : new DefaultLastHttpContent(Unpooled.wrappedBuffer(body)),
        HttpUtil.isKeepAlive(exchange.request));
  }

  /** Gives the application {@code last}, with which it has the whole answer. */
  void end(RelayExchange exchange, Object last, boolean keep) {
    exchange.setAnswered();
    fire(last);
    fireReadComplete();
    answered(exchange, keep);
  }

  /** Gives {@code msg} to the application as if it had been read here. */
  void fire(Object msg) {
    context().fireChannelRead(msg);
  }

  void fireReadComplete() {
    wanted = false;
    ChannelHandlerContext ctx = context();
    if (Layers.watchIdleness(ctx.pipeline())) {
      // Nothing is read below; who watches there is shown that something was.
      ctx.pipeline().fireChannelRead(Unpooled.EMPTY_BUFFER);
      ctx.pipeline().fireChannelReadComplete();
    } else {
      ctx.fireChannelReadComplete();
    }
  }

  boolean wantsMore() {
    return wanted || channel().config().isAutoRead();
  }

  private void answered(RelayExchange exchange, boolean keep) {
    exchange.setAnswered();
    updateWritability();
    if (keep) {
      advance();
    } else {
      // As the server would have.
      context().close();
    }
  }

  /** The answer broke off. Clients that see a mere end may send the request once more. */
  void broke(RelayExchange exchange, Throwable cause) {
    exchange.setAnswered();
    context().fireExceptionCaught(cause);
    context().close();
  }

  private void failed(RelayExchange exchange, Throwable failure) {
    if (gone || exchange.isAnswered()) {
      return;
    }
    exchange.fail(failure);
    exchange.setAnswered();
    ChannelHandlerContext ctx = context();
    ctx.fireExceptionCaught(failure);
    ctx.close();
  }

  void updateWritability() {
    boolean now = true;
    for (RelayExchange each : queue) {
      Try attempt = each.running();
      now &= !each.body.isFull() && (attempt == null || attempt.isWritable());
    }
    ChannelOutboundBuffer buffer = channel().unsafe().outboundBuffer();
    if (now != writable && buffer != null) {
      writable = now;
      buffer.setUserDefinedWritability(WRITABILITY, now);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    RelayExchange first = queue.peek();
    Try attempt = first == null ? null : first.running();
    if (attempt != null) {
      attempt.flush();
    }
    ctx.flush();
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    wanted = true;
    RelayExchange first = queue.peek();
    Try attempt = first == null ? null : first.running();
    if (attempt != null) {
      attempt.read();
    }
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    RelayExchange first = queue.peek();
    RelayExchange over = first != null && first.isPassing() && first.sees(msg) ? first : null;
    ctx.fireChannelRead(msg);
    if (over != null) {
      answered(over, true);
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    cancel();
    ctx.close(promise);
  }

  @Override
  public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
    cancel();
    ctx.disconnect(promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancel();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancel();
  }

  private void cancel() {
    gone = true;
    for (RelayExchange each = queue.poll(); each != null; each = queue.poll()) {
      if (!each.isAnswered()) {
        each.cancel();
      }
    }
    pool.close();
  }
}
