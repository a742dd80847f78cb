package dev.weft.engine.limits;

import org.jspecify.annotations.Nullable;

/** The deadline that a gRPC client sends along. */
public final class GrpcTimeout {

  private static final int MAX_DIGITS = 8;

  /** A hundred years: more does not fit into nanoseconds. */
  private static final long MAX_HOURS = 876_000;

  private GrpcTimeout() {}

  /** Whether a request with this content type is gRPC. */
  public static boolean isGrpc(@Nullable String contentType) {
    return contentType != null
        && contentType.startsWith("application/grpc")
        && (contentType.length() == 16
            || contentType.charAt(16) == '+'
            || contentType.charAt(16) == ';');
  }

  /**
   * The timeout of a gRPC request: the client's own, capped by the route's.
   *
   * @param header {@code grpc-timeout}; absent or malformed counts as none
   * @param routeNanos 0 for none
   * @return 0 for none
   */
  public static long effective(@Nullable String header, long routeNanos) {
    long asked = header == null ? 0 : parse(header);
    if (asked == 0) {
      return routeNanos;
    }
    return routeNanos == 0 ? asked : Math.min(asked, routeNanos);
  }

  /** Nanoseconds; 0 where the value is malformed. */
  static long parse(String header) {
    int digits = header.length() - 1;
    if (digits < 1 || digits > MAX_DIGITS) {
      return 0;
    }
    long value = 0;
    for (int i = 0; i < digits; i++) {
      char c = header.charAt(i);
      if (c < '0' || c > '9') {
        return 0;
      }
      value = value * 10 + (c - '0');
    }
    switch (header.charAt(digits)) {
      case 'H':
        return Math.min(value, MAX_HOURS) * 3_600_000_000_000L;
      case 'M':
        return value * 60_000_000_000L;
      case 'S':
        return value * 1_000_000_000L;
      case 'm':
        return value * 1_000_000L;
      case 'u':
        return value * 1_000L;
      case 'n':
        return value;
      default:
        return 0;
    }
  }
}
