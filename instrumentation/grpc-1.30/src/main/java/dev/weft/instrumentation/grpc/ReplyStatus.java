package dev.weft.instrumentation.grpc;

import dev.weft.outbound.LocalReply;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A reply of the mesh as a call sees it: a status and trailers. */
final class ReplyStatus {

  private ReplyStatus() {}

  static Metadata trailers(LocalReply reply) {
    Metadata trailers = headers(reply);
    for (String own : new String[] {"grpc-status", "grpc-message", "content-type"}) {
      trailers.discardAll(Metadata.Key.of(own, Metadata.ASCII_STRING_MARSHALLER));
    }
    return trailers;
  }

  private static Metadata headers(LocalReply reply) {
    Metadata all = new Metadata();
    Headers.apply(reply.headers(), all);
    return all;
  }

  /** What the reply's headers say, or else what gRPC takes its HTTP status for. */
  static Status of(LocalReply reply) {
    Metadata headers = headers(reply);
    String code = Headers.get(headers, "grpc-status");
    String message = Headers.get(headers, "grpc-message");
    Status status = code == null ? ofHttp(reply.status()) : ofCode(code);
    if (message != null) {
      return status.withDescription(decoded(message));
    }
    String body = new String(reply.body(), StandardCharsets.UTF_8);
    return body.isEmpty() ? status : status.withDescription(body);
  }

  private static Status ofCode(String code) {
    try {
      return Status.fromCodeValue(Integer.parseInt(code));
    } catch (NumberFormatException e) {
      return Status.UNKNOWN;
    }
  }

  private static Status ofHttp(int status) {
    switch (status) {
      case 400:
        return Status.INTERNAL;
      case 401:
        return Status.UNAUTHENTICATED;
      case 403:
        return Status.PERMISSION_DENIED;
      case 404:
        return Status.UNIMPLEMENTED;
      case 429:
      case 502:
      case 503:
      case 504:
        return Status.UNAVAILABLE;
      default:
        return Status.UNKNOWN;
    }
  }

  /** Undoes gRPC's percent-encoding. */
  private static @Nullable String decoded(String message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.length());
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      int value = c == '%' && i + 2 < message.length() ? hex(message, i + 1) : -1;
      if (value >= 0) {
        bytes.write(value);
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }

  private static int hex(String text, int at) {
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
