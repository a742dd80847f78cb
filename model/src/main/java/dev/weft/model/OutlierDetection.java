package dev.weft.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Passive health checking: when an endpoint is ejected and for how long. */
public final class OutlierDetection {

  private final int consecutive5xx;
  private final int consecutiveGatewayErrors;
  private final boolean splitExternalLocalOriginErrors;
  private final int consecutiveLocalOriginFailures;
  private final long intervalNanos;
  private final long baseEjectionNanos;
  private final int maxEjectionPercent;
  private final int minHealthPercent;

  private OutlierDetection(Builder builder) {
    this.consecutive5xx = builder.consecutive5xx;
    this.consecutiveGatewayErrors = builder.consecutiveGatewayErrors;
    this.splitExternalLocalOriginErrors = builder.splitExternalLocalOriginErrors;
    this.consecutiveLocalOriginFailures = builder.consecutiveLocalOriginFailures;
    this.intervalNanos = builder.intervalNanos;
    this.baseEjectionNanos = builder.baseEjectionNanos;
    this.maxEjectionPercent = builder.maxEjectionPercent;
    this.minHealthPercent = builder.minHealthPercent;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.consecutive5xx = consecutive5xx;
    builder.consecutiveGatewayErrors = consecutiveGatewayErrors;
    builder.splitExternalLocalOriginErrors = splitExternalLocalOriginErrors;
    builder.consecutiveLocalOriginFailures = consecutiveLocalOriginFailures;
    builder.intervalNanos = intervalNanos;
    builder.baseEjectionNanos = baseEjectionNanos;
    builder.maxEjectionPercent = maxEjectionPercent;
    builder.minHealthPercent = minHealthPercent;
    return builder;
  }

  /** 5xx answers or connection failures in a row; 0 disables. */
  public int consecutive5xx() {
    return consecutive5xx;
  }

  /** 502, 503, 504 in a row; 0 disables. */
  public int consecutiveGatewayErrors() {
    return consecutiveGatewayErrors;
  }

  /** Whether failures to connect are counted apart. */
  public boolean splitExternalLocalOriginErrors() {
    return splitExternalLocalOriginErrors;
  }

  /** In a row, when split; 0 disables. */
  public int consecutiveLocalOriginFailures() {
    return consecutiveLocalOriginFailures;
  }

  /** Of the sweep that lets endpoints return. */
  public long intervalNanos() {
    return intervalNanos;
  }

  /** Times the number of ejections in a row. */
  public long baseEjectionNanos() {
    return baseEjectionNanos;
  }

  /** At least one endpoint of two or more may always be ejected. */
  public int maxEjectionPercent() {
    return maxEjectionPercent;
  }

  /** Below it, ejections are ignored. */
  public int minHealthPercent() {
    return minHealthPercent;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof OutlierDetection)) {
      return false;
    }
    OutlierDetection that = (OutlierDetection) other;
    return consecutive5xx == that.consecutive5xx
        && consecutiveGatewayErrors == that.consecutiveGatewayErrors
        && splitExternalLocalOriginErrors == that.splitExternalLocalOriginErrors
        && consecutiveLocalOriginFailures == that.consecutiveLocalOriginFailures
        && intervalNanos == that.intervalNanos
        && baseEjectionNanos == that.baseEjectionNanos
        && maxEjectionPercent == that.maxEjectionPercent
        && minHealthPercent == that.minHealthPercent;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        consecutive5xx,
        consecutiveGatewayErrors,
        splitExternalLocalOriginErrors,
        consecutiveLocalOriginFailures,
        intervalNanos,
        baseEjectionNanos,
        maxEjectionPercent,
        minHealthPercent);
  }

  @Override
  public String toString() {
    return "OutlierDetection{consecutive5xx="
        + consecutive5xx
        + ", consecutiveGatewayErrors="
        + consecutiveGatewayErrors
        + ", splitExternalLocalOriginErrors="
        + splitExternalLocalOriginErrors
        + ", consecutiveLocalOriginFailures="
        + consecutiveLocalOriginFailures
        + ", intervalNanos="
        + intervalNanos
        + ", baseEjectionNanos="
        + baseEjectionNanos
        + ", maxEjectionPercent="
        + maxEjectionPercent
        + ", minHealthPercent="
        + minHealthPercent
        + "}";
  }

  /** Builds {@link OutlierDetection}; fields that are not set keep their documented default. */
  public static final class Builder {
    private int consecutive5xx = 5;
    private int consecutiveGatewayErrors;
    private boolean splitExternalLocalOriginErrors;
    private int consecutiveLocalOriginFailures = 5;
    private long intervalNanos = 10_000_000_000L;
    private long baseEjectionNanos = 30_000_000_000L;
    private int maxEjectionPercent = 10;
    private int minHealthPercent;

    private Builder() {}

    public Builder consecutive5xx(int consecutive5xx) {
      this.consecutive5xx = consecutive5xx;
      return this;
    }

    public Builder consecutiveGatewayErrors(int consecutiveGatewayErrors) {
      this.consecutiveGatewayErrors = consecutiveGatewayErrors;
      return this;
    }

    public Builder splitExternalLocalOriginErrors(boolean splitExternalLocalOriginErrors) {
      this.splitExternalLocalOriginErrors = splitExternalLocalOriginErrors;
      return this;
    }

    public Builder consecutiveLocalOriginFailures(int consecutiveLocalOriginFailures) {
      this.consecutiveLocalOriginFailures = consecutiveLocalOriginFailures;
      return this;
    }

    public Builder intervalNanos(long intervalNanos) {
      this.intervalNanos = intervalNanos;
      return this;
    }

    public Builder baseEjectionNanos(long baseEjectionNanos) {
      this.baseEjectionNanos = baseEjectionNanos;
      return this;
    }

    public Builder maxEjectionPercent(int maxEjectionPercent) {
      this.maxEjectionPercent = maxEjectionPercent;
      return this;
    }

    public Builder minHealthPercent(int minHealthPercent) {
      this.minHealthPercent = minHealthPercent;
      return this;
    }

    public OutlierDetection build() {
      return new OutlierDetection(this);
    }
  }
}
