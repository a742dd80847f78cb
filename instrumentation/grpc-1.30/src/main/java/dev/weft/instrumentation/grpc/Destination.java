package dev.weft.instrumentation.grpc;

import dev.weft.transport.Endpoint;
import io.grpc.CallOptions;
import org.jspecify.annotations.Nullable;

/** Where one call that is sent goes: an option of it, which our picker finds again. */
final class Destination {

  /** Not there for calls that the channel's own balancer sends. */
  static final CallOptions.Key<@Nullable Destination> KEY =
      CallOptions.Key.create(Destination.class.getName());

  /** For a call that is not to be sent at all: it ends before a connection is looked for. */
  static final Destination NOWHERE = new Destination(null, 0);

  /** Null for {@link #NOWHERE}. */
  final @Nullable Endpoint endpoint;

  final long connectTimeoutNanos;

  /** What it was bound to when it was first picked; its failure is the call's failure. */
  volatile @Nullable EndpointConnection connection;

  Destination(@Nullable Endpoint endpoint, long connectTimeoutNanos) {
    this.endpoint = endpoint;
    this.connectTimeoutNanos = connectTimeoutNanos;
  }

  /** Whether there was no connection to send it on. */
  boolean isUnreachable() {
    EndpointConnection bound = connection;
    return bound != null && bound.isFailed();
  }

  @Override
  public String toString() {
    return String.valueOf(endpoint);
  }
}
