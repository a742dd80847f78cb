package dev.weft.engine.limits;

import dev.weft.engine.snapshot.CompiledRetries;
import dev.weft.engine.snapshot.CompiledRetries.Condition;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.OutboundResponse;

/** Whether a result is worth another try: Envoy's conditions, and a rule of our own about POST. */
public final class RetryConditions {

  private static final int MAX_BACKOFF_FACTOR = 10;

  private RetryConditions() {}

  /**
   * Whether the policy retries such a response.
   *
   * @param grpcStatus with which a gRPC call ends by it; negative where it goes on, or is none
   */
  public static boolean holdsFor(
      CompiledRetries retries, OutboundResponse response, int grpcStatus) {
    if (response.header("x-envoy-ratelimited") != null) {
      return retries.on(Condition.RATE_LIMITED);
    }
    int status = response.status();
    return (retries.on(Condition.SERVER_ERROR) && status >= 500 && status <= 599)
        || (retries.on(Condition.GATEWAY_ERROR) && status >= 502 && status <= 504)
        || (retries.on(Condition.RETRIABLE_4XX) && status == 409)
        || retries.onStatus(status)
        || holdsForGrpc(retries, grpcStatus);
  }

  private static boolean holdsForGrpc(CompiledRetries retries, int grpcStatus) {
    switch (grpcStatus) {
      case 1:
        return retries.on(Condition.GRPC_CANCELLED);
      case 4:
        return retries.on(Condition.GRPC_DEADLINE_EXCEEDED);
      case 8:
        return retries.on(Condition.GRPC_RESOURCE_EXHAUSTED);
      case 13:
        return retries.on(Condition.GRPC_INTERNAL);
      case 14:
        return retries.on(Condition.GRPC_UNAVAILABLE);
      default:
        return false;
    }
  }

  /**
   * Whether the policy retries such a failure. Every attempt without response, one that ran into
   * its per-try timeout included, is a reset, and a reset counts as a 5xx and as a gateway error;
   * it never counts as a response with a retriable status code.
   */
  public static boolean holdsFor(CompiledRetries retries, FailureKind failure) {
    if (retries.on(Condition.SERVER_ERROR)
        || retries.on(Condition.GATEWAY_ERROR)
        || retries.on(Condition.RESET)) {
      return true;
    }
    switch (failure) {
      case CONNECT:
        return retries.on(Condition.CONNECT_FAILURE) || retries.on(Condition.RESET_BEFORE_REQUEST);
      case REFUSED_STREAM:
        return retries.on(Condition.REFUSED_STREAM);
      case RESET_BEFORE_REQUEST:
        return retries.on(Condition.RESET_BEFORE_REQUEST);
      default:
        return false;
    }
  }

  /** Whether the peer cannot have begun to process the request. */
  public static boolean unprocessed(FailureKind failure) {
    return failure == FailureKind.CONNECT
        || failure == FailureKind.REFUSED_STREAM
        || failure == FailureKind.RESET_BEFORE_REQUEST;
  }

  /** Whether a second execution does no harm (RFC 9110, 9.2.2). */
  public static boolean isIdempotent(String method) {
    switch (method) {
      case "GET":
      case "HEAD":
      case "OPTIONS":
      case "PUT":
      case "DELETE":
      case "TRACE":
        return true;
      default:
        return false;
    }
  }

  /**
   * What the back-off before a retry stays below: {@code (2^n - 1)} times the base, at most ten
   * times; the wait itself is drawn evenly from 0 to here.
   *
   * @param retry 1 for the first retry
   * @return at least 1
   */
  public static long backoffBound(long baseNanos, int retry) {
    int factor = retry >= 4 ? MAX_BACKOFF_FACTOR : Math.min(MAX_BACKOFF_FACTOR, (1 << retry) - 1);
    return Math.max(1, baseNanos * factor);
  }
}
