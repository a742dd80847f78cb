package dev.weft.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Faults injected on the caller's side; percentages in millionths. */
public final class Fault {

  private final long delayNanos;
  private final int delayPerMillion;
  private final int abortStatus;
  private final int abortGrpcStatus;
  private final int abortPerMillion;

  private Fault(Builder builder) {
    this.delayNanos = builder.delayNanos;
    this.delayPerMillion = builder.delayPerMillion;
    this.abortStatus = builder.abortStatus;
    this.abortGrpcStatus = builder.abortGrpcStatus;
    this.abortPerMillion = builder.abortPerMillion;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.delayNanos = delayNanos;
    builder.delayPerMillion = delayPerMillion;
    builder.abortStatus = abortStatus;
    builder.abortGrpcStatus = abortGrpcStatus;
    builder.abortPerMillion = abortPerMillion;
    return builder;
  }

  /** 0: no delay. */
  public long delayNanos() {
    return delayNanos;
  }

  public int delayPerMillion() {
    return delayPerMillion;
  }

  /** HTTP status; 0: no HTTP abort. */
  public int abortStatus() {
    return abortStatus;
  }

  /** gRPC status code; -1: none. Zero is OK. */
  public int abortGrpcStatus() {
    return abortGrpcStatus;
  }

  public int abortPerMillion() {
    return abortPerMillion;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Fault)) {
      return false;
    }
    Fault that = (Fault) other;
    return delayNanos == that.delayNanos
        && delayPerMillion == that.delayPerMillion
        && abortStatus == that.abortStatus
        && abortGrpcStatus == that.abortGrpcStatus
        && abortPerMillion == that.abortPerMillion;
  }

  @Override
  public int hashCode() {
    return Objects.hash(delayNanos, delayPerMillion, abortStatus, abortGrpcStatus, abortPerMillion);
  }

  @Override
  public String toString() {
    return "Fault{delayNanos="
        + delayNanos
        + ", delayPerMillion="
        + delayPerMillion
        + ", abortStatus="
        + abortStatus
        + ", abortGrpcStatus="
        + abortGrpcStatus
        + ", abortPerMillion="
        + abortPerMillion
        + "}";
  }

  /** Builds {@link Fault}; fields that are not set keep their documented default. */
  public static final class Builder {
    private long delayNanos;
    private int delayPerMillion;
    private int abortStatus;
    private int abortGrpcStatus = -1;
    private int abortPerMillion;

    private Builder() {}

    public Builder delayNanos(long delayNanos) {
      this.delayNanos = delayNanos;
      return this;
    }

    public Builder delayPerMillion(int delayPerMillion) {
      this.delayPerMillion = delayPerMillion;
      return this;
    }

    public Builder abortStatus(int abortStatus) {
      this.abortStatus = abortStatus;
      return this;
    }

    public Builder abortGrpcStatus(int abortGrpcStatus) {
      this.abortGrpcStatus = abortGrpcStatus;
      return this;
    }

    public Builder abortPerMillion(int abortPerMillion) {
      this.abortPerMillion = abortPerMillion;
      return this;
    }

    public Fault build() {
      return new Fault(this);
    }
  }
}
