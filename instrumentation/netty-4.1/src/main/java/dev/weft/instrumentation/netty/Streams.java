package dev.weft.instrumentation.netty;

import dev.weft.outbound.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeKey;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests that are open on one HTTP/2 connection. On its event loop. */
final class Streams extends Http2ConnectionAdapter {

  private static final AttributeKey<Streams> KEY =
      AttributeKey.valueOf(Streams.class.getName() + '@' + System.identityHashCode(Streams.class));

  private final Channel channel;
  private final Map<Integer, StreamExchange> exchanges = new HashMap<>();

  private Streams(Channel channel) {
    this.channel = channel;
  }

  static Streams of(Channel channel, Http2Connection connection) {
    Streams streams = channel.attr(KEY).get();
    if (streams == null) {
      streams = new Streams(channel);
      channel.attr(KEY).set(streams);
      connection.addListener(streams);
    }
    return streams;
  }

  /** The head of a response, or its trailers, are about to be sent. */
  static void responseHeaders(Channel channel, int streamId, Http2Headers headers) {
    Streams streams = channel.attr(KEY).get();
    StreamExchange stream = streams == null ? null : streams.get(streamId);
    if (stream == null || (stream.exchange.status >= 200 && stream.exchange.sent == null)) {
      return;
    }
    // Some implementations of the interface can only be iterated.
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      CharSequence name = header.getKey();
      if (":status".contentEquals(name) && stream.exchange.status < 200) {
        stream.exchange.status = status(header.getValue());
      } else if (stream.exchange.sent != null && "grpc-status".contentEquals(name)) {
        stream.exchange.grpcStatus = grpcStatus(header.getValue());
      }
    }
  }

  /** A part of the body of a response is about to be sent. */
  static void responseData(Channel channel, int streamId, ByteBuf data) {
    Streams streams = channel.attr(KEY).get();
    StreamExchange stream = streams == null ? null : streams.get(streamId);
    if (stream != null && stream.exchange.sent != null) {
      stream.exchange.sent.look(data);
    }
  }

  private static int grpcStatus(CharSequence text) {
    try {
      return Integer.parseInt(text.toString());
    } catch (NumberFormatException broken) {
      return -1;
    }
  }

  private static int status(CharSequence text) {
    try {
      int status = Integer.parseInt(text.toString());
      return status < 200 ? 0 : status;
    } catch (NumberFormatException broken) {
      return 0;
    }
  }

  @Nullable StreamExchange get(int streamId) {
    return exchanges.get(streamId);
  }

  void put(int streamId, StreamExchange exchange) {
    exchanges.put(streamId, exchange);
  }

  @Override
  public void onStreamHalfClosed(Http2Stream stream) {
    StreamExchange exchange = exchanges.get(stream.id());
    if (exchange != null && stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
      exchange.answered = true;
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    StreamExchange exchange = exchanges.remove(stream.id());
    if (exchange != null) {
      boolean answered =
          exchange.answered
              || (!stream.isResetSent() && !exchange.resetByPeer && channel.isActive());
      exchange.end(answered && exchange.exchange.status != 0 ? Outcome.COMPLETED : Outcome.FAILED);
    }
  }
}
