package dev.weft.engine.snapshot;

import dev.weft.model.RetryPolicy;
import java.util.BitSet;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/** A {@link RetryPolicy} whose conditions are sets. */
public final class CompiledRetries {

  /** Envoy's retryOn tokens that have a meaning here. */
  public enum Condition {
    SERVER_ERROR("5xx"),
    GATEWAY_ERROR("gateway-error"),
    RESET("reset"),
    RESET_BEFORE_REQUEST("reset-before-request"),
    CONNECT_FAILURE("connect-failure"),
    RATE_LIMITED("envoy-ratelimited"),
    RETRIABLE_4XX("retriable-4xx"),
    REFUSED_STREAM("refused-stream"),
    GRPC_CANCELLED("cancelled"),
    GRPC_DEADLINE_EXCEEDED("deadline-exceeded"),
    GRPC_RESOURCE_EXHAUSTED("resource-exhausted"),
    GRPC_INTERNAL("internal"),
    GRPC_UNAVAILABLE("unavailable");

    private final String token;

    Condition(String token) {
      this.token = token;
    }
  }

  public final RetryPolicy source;
  private final EnumSet<Condition> conditions = EnumSet.noneOf(Condition.class);
  private final BitSet statusCodes = new BitSet(600);

  private CompiledRetries(RetryPolicy source) {
    this.source = source;
    for (Condition condition : Condition.values()) {
      if (source.retryOn().contains(condition.token)) {
        conditions.add(condition);
      }
    }
    for (int status : source.statusCodes()) {
      if (status >= 0) {
        statusCodes.set(status);
      }
    }
  }

  /** Null where nothing is ever retried. */
  static @Nullable CompiledRetries compile(@Nullable RetryPolicy policy) {
    return policy == null || policy.attempts() <= 0 ? null : new CompiledRetries(policy);
  }

  public boolean on(Condition condition) {
    return conditions.contains(condition);
  }

  /** Whether a response of the upstream with this status is named by number. */
  public boolean onStatus(int status) {
    return statusCodes.get(status);
  }
}
