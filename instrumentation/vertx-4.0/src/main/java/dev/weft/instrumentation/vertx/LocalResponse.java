package dev.weft.instrumentation.vertx;

import dev.weft.outbound.LocalReply;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpFrame;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamPriority;
import io.vertx.core.net.NetSocket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A response that the mesh gives: its body comes when the application reads it. */
final class LocalResponse implements HttpClientResponse {

  private final MeshRequest request;
  private final int status;
  private final MultiMap headers = HttpHeaders.headers();
  private final MultiMap trailers = HttpHeaders.headers();
  private final Buffer content;
  private final Promise<Buffer> body;
  private final Promise<Void> end;
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private long demand = Long.MAX_VALUE;
  private boolean started;
  private boolean given;
  private boolean ended;

  LocalResponse(LocalReply reply, MeshRequest request) {
    this.request = request;
    this.status = reply.status();
    this.content = Buffer.buffer(reply.body());
    this.body = request.promise();
    this.end = request.promise();
    reply.headers().apply(headers::remove, headers::set, headers::add);
    headers.set("content-length", Integer.toString(reply.body().length));
  }

  /** The application has it: its body flows from now on, unless it is paused. */
  void start() {
    request
        .context()
        .runOnContext(
            nothing -> {
              synchronized (this) {
                started = true;
              }
              flow();
            });
  }

  private void flow() {
    Handler<Buffer> data;
    Handler<Void> over;
    synchronized (this) {
      if (!started || ended || (demand == 0 && !given && content.length() > 0)) {
        return;
      }
      data = given || content.length() == 0 ? null : handler;
      given = true;
      ended = true;
      over = endHandler;
    }
    if (data != null) {
      data.handle(content.copy());
    }
    if (over != null) {
      over.handle(null);
    }
    body.tryComplete(content);
    end.tryComplete();
  }

  @Override
  public synchronized HttpClientResponse fetch(long amount) {
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    request.context().runOnContext(nothing -> flow());
    return this;
  }

  @Override
  public HttpClientResponse resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public synchronized HttpClientResponse pause() {
    demand = 0;
    return this;
  }

  @Override
  public HttpClientResponse exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  public synchronized HttpClientResponse handler(@Nullable Handler<Buffer> handler) {
    this.handler = handler;
    return this;
  }

  @Override
  public synchronized HttpClientResponse endHandler(@Nullable Handler<Void> handler) {
    this.endHandler = handler;
    return this;
  }

  @Override
  @SuppressWarnings("NullAway") // There is no connection, and so no socket.
  public NetSocket netSocket() {
    return null;
  }

  @Override
  public HttpVersion version() {
    return request.settings().getProtocolVersion();
  }

  @Override
  public int statusCode() {
    return status;
  }

  @Override
  public String statusMessage() {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  @Override
  public MultiMap headers() {
    return headers;
  }

  @Override
  public @Nullable String getHeader(String name) {
    return headers.get(name);
  }

  @Override
  public @Nullable String getHeader(CharSequence name) {
    return headers.get(name);
  }

  @Override
  public @Nullable String getTrailer(String name) {
    return trailers.get(name);
  }

  @Override
  public MultiMap trailers() {
    return trailers;
  }

  @Override
  public List<String> cookies() {
    return headers.getAll("set-cookie");
  }

  @Override
  public Future<Buffer> body() {
    return body.future();
  }

  @Override
  public Future<Void> end() {
    return end.future();
  }

  @Override
  public HttpClientResponse customFrameHandler(@Nullable Handler<HttpFrame> handler) {
    return this;
  }

  @Override
  public HttpClientRequest request() {
    return request.shown();
  }

  @Override
  public HttpClientResponse streamPriorityHandler(@Nullable Handler<StreamPriority> handler) {
    return this;
  }
}
