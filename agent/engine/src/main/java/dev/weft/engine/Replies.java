package dev.weft.engine;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Answers of the mesh itself, in Envoy's words. */
final class Replies {

  private static final byte[] EMPTY = {};

  /** What Envoy says to whom a policy refuses. */
  static final String DENIED = "RBAC: access denied";

  /** The connection shall not be used again. */
  static final HeaderMutations CLOSE = HeaderMutations.builder().set("connection", "close").build();

  /** Not a gRPC reply. */
  static final int NOT_GRPC = -1;

  private Replies() {}

  /**
   * A reply with a text; for a gRPC request a response with trailers only, which carries the text
   * as its message.
   *
   * @param extra set and add only; comes on top
   */
  static LocalReply text(boolean grpc, int status, String text, int flags, HeaderMutations extra) {
    if (grpc) {
      return grpc(grpcStatus(status), text, flags, extra);
    }
    HeaderMutations.Builder headers = HeaderMutations.builder();
    if (!text.isEmpty()) {
      headers.set("content-type", "text/plain");
    }
    return new LocalReply(
        status,
        headers.addAll(extra).build(),
        text.getBytes(StandardCharsets.UTF_8),
        Flags.text(flags));
  }

  static LocalReply grpc(int grpcStatus, String message, int flags, HeaderMutations extra) {
    HeaderMutations.Builder headers =
        HeaderMutations.builder()
            .set("content-type", "application/grpc")
            .set("grpc-status", Integer.toString(grpcStatus));
    if (!message.isEmpty()) {
      headers.set("grpc-message", percentEncode(message));
    }
    return new LocalReply(200, headers.addAll(extra).build(), EMPTY, Flags.text(flags));
  }

  static LocalReply redirect(int status, String location, HeaderMutations extra) {
    return new LocalReply(
        status,
        HeaderMutations.builder().set("location", location).addAll(extra).build(),
        EMPTY,
        Flags.text(0));
  }

  /** How gRPC names an HTTP status (gRPC's "HTTP to gRPC status code mapping"). */
  static int grpcStatus(int httpStatus) {
    switch (httpStatus) {
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

  /** What outlier detection takes a gRPC status for: Envoy's mapping. */
  static int httpStatus(int grpcStatus) {
    switch (grpcStatus) {
      case 0:
        return 200;
      case 1:
        return 499;
      case 3:
      case 9:
      case 11:
        return 400;
      case 4:
        return 504;
      case 5:
        return 404;
      case 6:
      case 10:
        return 409;
      case 7:
        return 403;
      case 8:
        return 429;
      case 12:
        return 501;
      case 14:
        return 503;
      case 16:
        return 401;
      default:
        return 500;
    }
  }

  /** Reads {@code grpc-status}; {@link #NOT_GRPC} where it is absent or no code. */
  static int grpcStatus(@Nullable String header) {
    if (header == null || header.isEmpty() || header.length() > 2) {
      return NOT_GRPC;
    }
    int status = 0;
    for (int i = 0; i < header.length(); i++) {
      char c = header.charAt(i);
      if (c < '0' || c > '9') {
        return NOT_GRPC;
      }
      status = status * 10 + (c - '0');
    }
    return status;
  }

  /** As gRPC asks for messages: everything but printable ASCII, and the percent sign itself. */
  private static String percentEncode(String message) {
    StringBuilder encoded = new StringBuilder(message.length());
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 0x20 && b <= 0x7e && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append(String.format("%%%02X", b & 0xff));
      }
    }
    return encoded.toString();
  }
}
