package dev.weft.policy;

import java.util.Arrays;
import java.util.List;

/** Names of gRPC's status codes, by their number. */
final class GrpcStatus {

  private static final List<String> NAMES =
      Arrays.asList(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  private GrpcStatus() {}

  /** -1 when there is no such status. */
  static int code(String name) {
    return NAMES.indexOf(name);
  }
}
