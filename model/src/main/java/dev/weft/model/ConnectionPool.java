package dev.weft.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bounds of one caller towards one upstream, enforced on requests. */
public final class ConnectionPool {

  private final int maxConnections;
  private final long connectTimeoutNanos;
  private final int maxPendingRequests;
  private final int maxRequests;
  private final int maxRequestsPerConnection;
  private final int maxRetries;
  private final long idleTimeoutNanos;

  private ConnectionPool(Builder builder) {
    this.maxConnections = builder.maxConnections;
    this.connectTimeoutNanos = builder.connectTimeoutNanos;
    this.maxPendingRequests = builder.maxPendingRequests;
    this.maxRequests = builder.maxRequests;
    this.maxRequestsPerConnection = builder.maxRequestsPerConnection;
    this.maxRetries = builder.maxRetries;
    this.idleTimeoutNanos = builder.idleTimeoutNanos;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.maxConnections = maxConnections;
    builder.connectTimeoutNanos = connectTimeoutNanos;
    builder.maxPendingRequests = maxPendingRequests;
    builder.maxRequests = maxRequests;
    builder.maxRequestsPerConnection = maxRequestsPerConnection;
    builder.maxRetries = maxRetries;
    builder.idleTimeoutNanos = idleTimeoutNanos;
    return builder;
  }

  /** tcp.maxConnections. */
  public int maxConnections() {
    return maxConnections;
  }

  /** tcp.connectTimeout. */
  public long connectTimeoutNanos() {
    return connectTimeoutNanos;
  }

  /** http.http1MaxPendingRequests. */
  public int maxPendingRequests() {
    return maxPendingRequests;
  }

  /** http.http2MaxRequests: active requests, whatever the protocol. */
  public int maxRequests() {
    return maxRequests;
  }

  /** 0: unlimited; 1: no keep-alive. */
  public int maxRequestsPerConnection() {
    return maxRequestsPerConnection;
  }

  /** Concurrent retries. */
  public int maxRetries() {
    return maxRetries;
  }

  /** 0: the library's own. */
  public long idleTimeoutNanos() {
    return idleTimeoutNanos;
  }

  public static final ConnectionPool UNLIMITED = builder().build();

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof ConnectionPool)) {
      return false;
    }
    ConnectionPool that = (ConnectionPool) other;
    return maxConnections == that.maxConnections
        && connectTimeoutNanos == that.connectTimeoutNanos
        && maxPendingRequests == that.maxPendingRequests
        && maxRequests == that.maxRequests
        && maxRequestsPerConnection == that.maxRequestsPerConnection
        && maxRetries == that.maxRetries
        && idleTimeoutNanos == that.idleTimeoutNanos;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        maxConnections,
        connectTimeoutNanos,
        maxPendingRequests,
        maxRequests,
        maxRequestsPerConnection,
        maxRetries,
        idleTimeoutNanos);
  }

  @Override
  public String toString() {
    return "ConnectionPool{maxConnections="
        + maxConnections
        + ", connectTimeoutNanos="
        + connectTimeoutNanos
        + ", maxPendingRequests="
        + maxPendingRequests
        + ", maxRequests="
        + maxRequests
        + ", maxRequestsPerConnection="
        + maxRequestsPerConnection
        + ", maxRetries="
        + maxRetries
        + ", idleTimeoutNanos="
        + idleTimeoutNanos
        + "}";
  }

  /** Builds {@link ConnectionPool}; fields that are not set keep their documented default. */
  public static final class Builder {
    private int maxConnections = Integer.MAX_VALUE;
    private long connectTimeoutNanos = 10_000_000_000L;
    private int maxPendingRequests = Integer.MAX_VALUE;
    private int maxRequests = Integer.MAX_VALUE;
    private int maxRequestsPerConnection;
    private int maxRetries = Integer.MAX_VALUE;
    private long idleTimeoutNanos;

    private Builder() {}

    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    public Builder connectTimeoutNanos(long connectTimeoutNanos) {
      this.connectTimeoutNanos = connectTimeoutNanos;
      return this;
    }

    public Builder maxPendingRequests(int maxPendingRequests) {
      this.maxPendingRequests = maxPendingRequests;
      return this;
    }

    public Builder maxRequests(int maxRequests) {
      this.maxRequests = maxRequests;
      return this;
    }

    public Builder maxRequestsPerConnection(int maxRequestsPerConnection) {
      this.maxRequestsPerConnection = maxRequestsPerConnection;
      return this;
    }

    public Builder maxRetries(int maxRetries) {
      this.maxRetries = maxRetries;
      return this;
    }

    public Builder idleTimeoutNanos(long idleTimeoutNanos) {
      this.idleTimeoutNanos = idleTimeoutNanos;
      return this;
    }

    public ConnectionPool build() {
      return new ConnectionPool(this);
    }
  }
}
