package dev.weft.model;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** When and how a failed attempt is repeated. */
public final class RetryPolicy {

  private final int attempts;
  private final Set<String> retryOn;
  private final Set<Integer> statusCodes;
  private final boolean explicit;
  private final long perTryTimeoutNanos;
  private final long backoffNanos;
  private final boolean ignorePreviousHosts;

  private RetryPolicy(Builder builder) {
    this.attempts = builder.attempts;
    this.retryOn = Copies.set(builder.retryOn);
    this.statusCodes = Copies.set(builder.statusCodes);
    this.explicit = builder.explicit;
    this.perTryTimeoutNanos = builder.perTryTimeoutNanos;
    this.backoffNanos = builder.backoffNanos;
    this.ignorePreviousHosts = builder.ignorePreviousHosts;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.attempts = attempts;
    builder.retryOn = retryOn;
    builder.statusCodes = statusCodes;
    builder.explicit = explicit;
    builder.perTryTimeoutNanos = perTryTimeoutNanos;
    builder.backoffNanos = backoffNanos;
    builder.ignorePreviousHosts = ignorePreviousHosts;
    return builder;
  }

  /** Retries after the first try. */
  public int attempts() {
    return attempts;
  }

  /** Envoy's tokens, known ones only; no status codes. */
  public Set<String> retryOn() {
    return retryOn;
  }

  /** Retriable status codes. */
  public Set<Integer> statusCodes() {
    return statusCodes;
  }

  /**
   * Whether the policy itself named its conditions, which allows to repeat non-idempotent requests.
   */
  public boolean explicit() {
    return explicit;
  }

  /** 0: the route's timeout only. */
  public long perTryTimeoutNanos() {
    return perTryTimeoutNanos;
  }

  /** Base of the full-jitter back-off; its cap is ten times this. */
  public long backoffNanos() {
    return backoffNanos;
  }

  /** Whether a retry avoids the hosts that were tried. */
  public boolean ignorePreviousHosts() {
    return ignorePreviousHosts;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof RetryPolicy)) {
      return false;
    }
    RetryPolicy that = (RetryPolicy) other;
    return attempts == that.attempts
        && Objects.equals(retryOn, that.retryOn)
        && Objects.equals(statusCodes, that.statusCodes)
        && explicit == that.explicit
        && perTryTimeoutNanos == that.perTryTimeoutNanos
        && backoffNanos == that.backoffNanos
        && ignorePreviousHosts == that.ignorePreviousHosts;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        attempts,
        retryOn,
        statusCodes,
        explicit,
        perTryTimeoutNanos,
        backoffNanos,
        ignorePreviousHosts);
  }

  @Override
  public String toString() {
    return "RetryPolicy{attempts="
        + attempts
        + ", retryOn="
        + retryOn
        + ", statusCodes="
        + statusCodes
        + ", explicit="
        + explicit
        + ", perTryTimeoutNanos="
        + perTryTimeoutNanos
        + ", backoffNanos="
        + backoffNanos
        + ", ignorePreviousHosts="
        + ignorePreviousHosts
        + "}";
  }

  /** Builds {@link RetryPolicy}; fields that are not set keep their documented default. */
  public static final class Builder {
    private int attempts;
    private Set<String> retryOn = Copies.noSet();
    private Set<Integer> statusCodes = Copies.noSet();
    private boolean explicit;
    private long perTryTimeoutNanos;
    private long backoffNanos = 25_000_000L;
    private boolean ignorePreviousHosts = true;

    private Builder() {}

    public Builder attempts(int attempts) {
      this.attempts = attempts;
      return this;
    }

    public Builder retryOn(Set<String> retryOn) {
      this.retryOn = retryOn;
      return this;
    }

    public Builder statusCodes(Set<Integer> statusCodes) {
      this.statusCodes = statusCodes;
      return this;
    }

    public Builder explicit(boolean explicit) {
      this.explicit = explicit;
      return this;
    }

    public Builder perTryTimeoutNanos(long perTryTimeoutNanos) {
      this.perTryTimeoutNanos = perTryTimeoutNanos;
      return this;
    }

    public Builder backoffNanos(long backoffNanos) {
      this.backoffNanos = backoffNanos;
      return this;
    }

    public Builder ignorePreviousHosts(boolean ignorePreviousHosts) {
      this.ignorePreviousHosts = ignorePreviousHosts;
      return this;
    }

    public RetryPolicy build() {
      return new RetryPolicy(this);
    }
  }
}
