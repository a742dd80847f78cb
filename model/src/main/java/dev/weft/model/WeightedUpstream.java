package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One weighted destination of a route. */
public final class WeightedUpstream {

  private final String upstream;
  private final int weight;
  private final HeaderOperations requestHeaders;
  private final HeaderOperations responseHeaders;

  private WeightedUpstream(Builder builder) {
    this.upstream = requireNonNull(builder.upstream, "upstream");
    this.weight = builder.weight;
    this.requestHeaders = requireNonNull(builder.requestHeaders, "requestHeaders");
    this.responseHeaders = requireNonNull(builder.responseHeaders, "responseHeaders");
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.upstream = upstream;
    builder.weight = weight;
    builder.requestHeaders = requestHeaders;
    builder.responseHeaders = responseHeaders;
    return builder;
  }

  /** Name of an {@link Upstream}. */
  public String upstream() {
    return upstream;
  }

  /** Relative to the others of the route. */
  public int weight() {
    return weight;
  }

  public HeaderOperations requestHeaders() {
    return requestHeaders;
  }

  public HeaderOperations responseHeaders() {
    return responseHeaders;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof WeightedUpstream)) {
      return false;
    }
    WeightedUpstream that = (WeightedUpstream) other;
    return Objects.equals(upstream, that.upstream)
        && weight == that.weight
        && Objects.equals(requestHeaders, that.requestHeaders)
        && Objects.equals(responseHeaders, that.responseHeaders);
  }

  @Override
  public int hashCode() {
    return Objects.hash(upstream, weight, requestHeaders, responseHeaders);
  }

  @Override
  public String toString() {
    return "WeightedUpstream{upstream="
        + upstream
        + ", weight="
        + weight
        + ", requestHeaders="
        + requestHeaders
        + ", responseHeaders="
        + responseHeaders
        + "}";
  }

  /** Builds {@link WeightedUpstream}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String upstream = "";
    private int weight = 100;
    private HeaderOperations requestHeaders = HeaderOperations.NONE;
    private HeaderOperations responseHeaders = HeaderOperations.NONE;

    private Builder() {}

    public Builder upstream(String upstream) {
      this.upstream = upstream;
      return this;
    }

    public Builder weight(int weight) {
      this.weight = weight;
      return this;
    }

    public Builder requestHeaders(HeaderOperations requestHeaders) {
      this.requestHeaders = requestHeaders;
      return this;
    }

    public Builder responseHeaders(HeaderOperations responseHeaders) {
      this.responseHeaders = responseHeaders;
      return this;
    }

    public WeightedUpstream build() {
      return new WeightedUpstream(this);
    }
  }
}
