package dev.weft.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bounds concurrent retries by a share of what is active. */
public final class RetryBudget {

  private final double percent;
  private final int minConcurrency;

  private RetryBudget(Builder builder) {
    this.percent = builder.percent;
    this.minConcurrency = builder.minConcurrency;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.percent = percent;
    builder.minConcurrency = minConcurrency;
    return builder;
  }

  /** Of active and pending requests. */
  public double percent() {
    return percent;
  }

  /** Always allowed. */
  public int minConcurrency() {
    return minConcurrency;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof RetryBudget)) {
      return false;
    }
    RetryBudget that = (RetryBudget) other;
    return Double.compare(percent, that.percent) == 0 && minConcurrency == that.minConcurrency;
  }

  @Override
  public int hashCode() {
    return Objects.hash(percent, minConcurrency);
  }

  @Override
  public String toString() {
    return "RetryBudget{percent=" + percent + ", minConcurrency=" + minConcurrency + "}";
  }

  /** Builds {@link RetryBudget}; fields that are not set keep their documented default. */
  public static final class Builder {
    private double percent = 20.0;
    private int minConcurrency = 3;

    private Builder() {}

    public Builder percent(double percent) {
      this.percent = percent;
      return this;
    }

    public Builder minConcurrency(int minConcurrency) {
      this.minConcurrency = minConcurrency;
      return this;
    }

    public RetryBudget build() {
      return new RetryBudget(this);
    }
  }
}
