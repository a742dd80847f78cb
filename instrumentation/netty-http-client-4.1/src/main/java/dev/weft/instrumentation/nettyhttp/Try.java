package dev.weft.instrumentation.nettyhttp;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.ResponseEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One attempt at one request: sends it to its endpoint and takes the answer. On the event loop. */
final class Try {

  /** How long a discarded body may take, and how many digits its length may have. */
  private static final int DRAIN_MILLIS = 1000;

  private static final int SHORT_DIGITS = 5;

  private static final String BROKEN_OFF = "the mesh broke the request off";

  /** Where the messages of the answer go. */
  private enum Destination {
    /** Nobody decided about its head yet. */
    INBOX,
    APPLICATION,
    NOWHERE
  }

  final CompletableFuture<Try> head = new CompletableFuture<>();
  @Nullable Upstream upstream;

  private final Attempt attempt;
  private final RelayExchange exchange;
  private final Relay relay;
  private final Deque<Object> inbox = new ArrayDeque<>(2);
  private Destination destination = Destination.INBOX;
  private @Nullable HttpResponse response;
  private @Nullable ResponseEnd end;
  private boolean headWritten;
  private boolean informational;

  /** The answer is there to its end. */
  private boolean whole;

  private boolean over;

  Try(Attempt attempt, RelayExchange exchange, Relay relay) {
    this.attempt = attempt;
    this.exchange = exchange;
    this.relay = relay;
  }

  HttpResponse response() {
    HttpResponse arrived = response;
    if (arrived == null) {
      throw new IllegalStateException("no response yet");
    }
    return arrived;
  }

  void start() {
    Upstream idle = relay.pool.take(attempt.endpoint());
    if (idle != null) {
      upstream = idle;
      idle.use(this);
      send();
      return;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(attempt.connectTimeoutNanos());
    ChannelFuture connected =
        Upstream.connect(
            relay.channel(),
            attempt.endpoint(),
            millis > 0
                ? (int) Math.min(millis, Integer.MAX_VALUE)
                : relay.channel().config().getConnectTimeoutMillis(),
            relay.pool,
            this);
    connected.addListener(
        done -> {
          if (!done.isSuccess()) {
            onEnd(done.cause());
          } else if (over) {
            connected.channel().close();
          } else {
            send();
          }
        });
  }

  private void send() {
    Channel to = channel();
    to.write(attemptHead())
        .addListener(
            done -> {
              if (done.isSuccess()) {
                headWritten = true;
                exchange.headSent();
              } else {
                to.close();
              }
            });
    exchange.body.sendTo(to);
    to.flush();
    to.read();
    relay.updateWritability();
  }

  private HttpRequest attemptHead() {
    HttpRequest written = exchange.request;
    String path = attempt.path();
    HttpRequest sent =
        new DefaultHttpRequest(
            written.protocolVersion(),
            written.method(),
            path != null ? path : written.uri().isEmpty() ? "/" : written.uri(),
            false);
    HttpHeaders headers = sent.headers().add(written.headers());
    HeaderMutations changes = attempt.requestHeaders();
    changes.apply(headers::remove, headers::set, headers::add);
    String authority = attempt.authority();
    if (authority != null) {
      headers.set("host", authority);
    }
    return sent;
  }

  private Channel channel() {
    Upstream used = upstream;
    if (used == null) {
      throw new IllegalStateException("no connection");
    }
    return used.channel();
  }

  void flush() {
    if (!over && upstream != null) {
      channel().flush();
    }
  }

  boolean isWritable() {
    return over || upstream == null || !channel().isActive() || channel().isWritable();
  }

  /** The application wants more. */
  void read() {
    if (!over && destination == Destination.APPLICATION) {
      channel().read();
    }
  }

  void onWritability() {
    relay.updateWritability();
  }

  void onMessage(Object msg) {
    if (msg instanceof HttpResponse && !takeHead((HttpResponse) msg)) {
      return;
    }
    boolean last = msg instanceof LastHttpContent;
    if (informational) {
      informational = !last;
      exchange.informed(msg);
      return;
    }
    whole |= last;
    if (destination == Destination.INBOX) {
      inbox.add(msg);
    } else if (destination == Destination.APPLICATION) {
      give(msg);
    } else {
      ReferenceCountUtil.release(msg);
      if (whole) {
        releaseConnection(true);
      }
    }
    if (msg instanceof HttpResponse) {
      head.complete(this);
    }
  }

  /** Whether it goes on from here. */
  private boolean takeHead(HttpResponse arrived) {
    if (arrived.decoderResult().isFailure()) {
      ReferenceCountUtil.release(arrived);
      close();
      onEnd(new IOException("response is not HTTP", arrived.decoderResult().cause()));
      return false;
    }
    int status = arrived.status().code();
    informational = status / 100 == 1 && status != 101;
    if (!informational) {
      response = arrived;
    }
    return true;
  }

  void onReadComplete() {
    if (over) {
      if (destination == Destination.NOWHERE && upstream != null) {
        channel().read();
      }
      return;
    }
    if (destination == Destination.APPLICATION) {
      relay.fireReadComplete();
      if (!over && relay.wantsMore()) {
        channel().read();
      }
    } else if (response == null) {
      channel().read();
    }
  }

  /** The connection is gone, or never came. */
  void onEnd(Throwable cause) {
    if (over) {
      return;
    }
    over = true;
    exchange.body.stopSending();
    drop();
    ResponseEnd telling = end;
    if (!head.isDone()) {
      head.completeExceptionally(headWritten || response != null ? cause : exchange.unsent(cause));
    } else if (telling != null) {
      telling.failed(cause);
      relay.broke(exchange, cause);
    }
  }

  /** Gives the answer to the application. */
  void deliver(HeaderMutations changes, ResponseEnd telling) {
    HttpHeaders headers = response().headers();
    changes.apply(headers::remove, headers::set, headers::add);
    end = telling;
    if (over) {
      IOException broken = new IOException(BROKEN_OFF);
      telling.failed(broken);
      relay.broke(exchange, broken);
      return;
    }
    destination = Destination.APPLICATION;
    for (Object msg = inbox.poll(); msg != null; msg = inbox.poll()) {
      give(msg);
    }
    if (!over) {
      relay.fireReadComplete();
      if (!over && relay.wantsMore()) {
        channel().read();
      }
    }
  }

  private void give(Object msg) {
    if (!(msg instanceof LastHttpContent)) {
      relay.fire(msg);
    } else if (over) {
      ReferenceCountUtil.release(msg);
    } else {
      // First of all: the application may close its connection when it sees the end.
      over = true;
      boolean keep = keepsAlive();
      releaseConnection(keep);
      ResponseEnd telling = end;
      if (telling != null) {
        telling.completed();
      }
      relay.end(exchange, msg, keep);
    }
  }

  /** The application will not see it. */
  void discard() {
    if (over) {
      return;
    }
    over = true;
    destination = Destination.NOWHERE;
    drop();
    exchange.body.stopSending();
    if (!whole && keepsAlive() && exchange.body.isWhole() && isShort()) {
      // Read to its end, so that the connection lives on.
      channel().read();
      relay.channel().eventLoop().schedule(this::endDraining, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      releaseConnection(whole && keepsAlive());
    }
  }

  private boolean isShort() {
    String length = response().headers().get("content-length");
    return length != null && length.length() <= SHORT_DIGITS;
  }

  private void endDraining() {
    if (!whole) {
      close();
    }
  }

  /** Breaks it off. */
  void abort() {
    if (over) {
      return;
    }
    close();
    onEnd(new IOException(BROKEN_OFF));
  }

  /** The application is gone. */
  void cancelled() {
    ResponseEnd telling = end;
    if (!over && telling != null) {
      over = true;
      exchange.body.stopSending();
      close();
      telling.cancelled();
    }
  }

  private boolean keepsAlive() {
    HttpResponse answer = response();
    int status = answer.status().code();
    boolean framed =
        HttpUtil.isTransferEncodingChunked(answer)
            || answer.headers().contains("content-length")
            || status == 204
            || status == 304
            || exchange.request.method().name().equals("HEAD");
    return framed && HttpUtil.isKeepAlive(answer) && HttpUtil.isKeepAlive(exchange.request);
  }

  private void releaseConnection(boolean keep) {
    Upstream used = upstream;
    upstream = null;
    if (used == null) {
      return;
    }
    if (keep && exchange.body.isWhole()) {
      relay.pool.give(used);
    } else {
      used.close();
    }
  }

  private void close() {
    Upstream used = upstream;
    if (used != null) {
      used.close();
    }
  }

  private void drop() {
    for (Object msg = inbox.poll(); msg != null; msg = inbox.poll()) {
      ReferenceCountUtil.release(msg);
    }
  }
}
