package dev.weft.instrumentation.netty;

import dev.weft.testkit.ServerSignals;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The contract's sample application, as one handler behind an aggregator. */
final class BareApplication extends SimpleChannelInboundHandler<FullHttpRequest> {

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      ctx.writeAndFlush(response(400, "")).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    ServerSignals.give("called");
    URI uri = URI.create(request.uri());
    String query = uri.getQuery();
    switch (uri.getPath()) {
      case "/status", "/error" -> send(ctx, request, response(Integer.parseInt(query), ""));
      case "/throw" -> throw new IllegalStateException("the application's own");
      case "/late" -> {
        FullHttpResponse late = response(202, "late");
        boolean keep = HttpUtil.isKeepAlive(request);
        Thread waiting =
            new Thread(
                () -> {
                  ServerSignals.await("go-" + query);
                  send(ctx, keep, late);
                });
        waiting.setDaemon(true);
        waiting.start();
      }
      case "/headers" -> {
        List<String> all = request.headers().getAll(query);
        send(ctx, request, response(200, all.isEmpty() ? "none" : String.join(",", all)));
      }
      case "/stream" -> stream(ctx, query);
      default -> {
        String body = "echo:" + request.content().toString(StandardCharsets.UTF_8);
        FullHttpResponse echo = response(200, body);
        echo.headers().set("X-Sample", "echo");
        send(ctx, request, echo);
      }
    }
  }

  private static FullHttpResponse response(int status, String body) {
    ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), bytes);
    response.headers().set("content-length", Integer.toString(bytes.readableBytes()));
    return response;
  }

  private static void send(
      ChannelHandlerContext ctx, FullHttpRequest request, FullHttpResponse response) {
    send(ctx, HttpUtil.isKeepAlive(request), response);
  }

  private static void send(ChannelHandlerContext ctx, boolean keep, FullHttpResponse response) {
    ChannelFuture sent = ctx.writeAndFlush(response);
    if (!keep) {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static void stream(ChannelHandlerContext ctx, String name) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    HttpUtil.setTransferEncodingChunked(head, true);
    ctx.writeAndFlush(head);
    Thread lines =
        new Thread(
            () -> {
              while (!ServerSignals.poll("end-" + name)) {
                if (!ctx.channel().isActive()) {
                  ServerSignals.give("broke-" + name);
                  return;
                }
                if (ServerSignals.poll("line-" + name)) {
                  ctx.writeAndFlush(
                      new DefaultHttpContent(
                          Unpooled.copiedBuffer("line\n", StandardCharsets.UTF_8)));
                }
                Thread.onSpinWait();
              }
              ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
            });
    lines.setDaemon(true);
    lines.start();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
