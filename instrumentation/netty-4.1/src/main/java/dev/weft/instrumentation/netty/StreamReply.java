package dev.weft.instrumentation.netty;

import dev.weft.outbound.LocalReply;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** A reply of the mesh as a response on HTTP/2; to a gRPC call as its status. */
final class StreamReply {

  private static final AsciiString CONTENT_TYPE = new AsciiString("content-type");
  private static final AsciiString GRPC_STATUS = new AsciiString("grpc-status");
  private static final AsciiString GRPC_MESSAGE = new AsciiString("grpc-message");
  private static final String GRPC = "application/grpc";

  final Http2Headers headers = new DefaultHttp2Headers();
  final byte[] body;
  final int status;

  private StreamReply(int status, byte[] body) {
    this.status = status;
    this.body = body;
    headers.status(Integer.toString(status));
  }

  static boolean isGrpc(@Nullable String contentType) {
    return contentType != null
        && contentType.startsWith(GRPC)
        && !contentType.startsWith(GRPC + "-web");
  }

  /**
   * @param contentType of the request
   */
  static StreamReply of(LocalReply reply, @Nullable String contentType, boolean isHead) {
    if (!isGrpc(contentType)) {
      StreamReply made = new StreamReply(reply.status(), isHead ? new byte[0] : reply.body());
      made.add(reply);
      made.headers.set("content-length", Integer.toString(reply.body().length));
      return made;
    }
    StreamReply made = new StreamReply(200, new byte[0]);
    made.add(reply);
    made.headers.set(CONTENT_TYPE, GRPC);
    if (!made.headers.contains(GRPC_STATUS)) {
      made.headers.set(GRPC_STATUS, Integer.toString(grpcStatus(reply.status())));
    }
    if (!made.headers.contains(GRPC_MESSAGE) && reply.body().length > 0) {
      made.headers.set(GRPC_MESSAGE, escaped(reply.body()));
    }
    return made;
  }

  private void add(LocalReply reply) {
    reply.headers().apply(headers::remove, headers::set, headers::add);
  }

  /** As gRPC maps the status of a response that is not its own. */
  private static int grpcStatus(int http) {
    switch (http) {
      case 400:
        return 13;
      case 401:
        return 16;
      case 403:
        return 7;
      case 404:
        return 12;
      case 429:
      case 502:
      case 503:
      case 504:
        return 14;
      default:
        return 2;
    }
  }

  private static String escaped(byte[] message) {
    StringBuilder text = new StringBuilder(message.length);
    for (byte b : message) {
      if (b >= ' ' && b < 0x7f && b != '%') {
        text.append((char) b);
      } else {
        text.append(String.format("%%%02X", b & 0xff));
      }
    }
    return text.toString();
  }

  /** What a request says of its body's kind. */
  static @Nullable String contentType(Http2Headers request) {
    CharSequence type = request.get(CONTENT_TYPE);
    return type == null ? null : type.toString();
  }
}
