package dev.weft.instrumentation.grpc;

import io.grpc.Metadata;
import io.grpc.Status;

/** A call that was sent and ended without a response. */
final class Ended extends Exception {

  private static final long serialVersionUID = 1;

  final transient Status status;
  final transient Metadata trailers;
  final transient AttemptCall<?, ?> attempt;

  Ended(AttemptCall<?, ?> attempt, Status status, Metadata trailers) {
    super(status.toString(), status.getCause(), false, false);
    this.attempt = attempt;
    this.status = status;
    this.trailers = trailers;
  }
}
