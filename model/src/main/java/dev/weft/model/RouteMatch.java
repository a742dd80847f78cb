package dev.weft.model;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All conditions of one match; what is null or empty is not asked. */
public final class RouteMatch {

  private final @Nullable StringMatch uri;
  private final @Nullable StringMatch scheme;
  private final @Nullable StringMatch method;
  private final @Nullable StringMatch authority;
  private final Map<String, StringMatch> headers;
  private final Map<String, StringMatch> withoutHeaders;
  private final Map<String, StringMatch> queryParams;
  private final int port;

  private RouteMatch(Builder builder) {
    this.uri = builder.uri;
    this.scheme = builder.scheme;
    this.method = builder.method;
    this.authority = builder.authority;
    this.headers = Copies.map(builder.headers);
    this.withoutHeaders = Copies.map(builder.withoutHeaders);
    this.queryParams = Copies.map(builder.queryParams);
    this.port = builder.port;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.uri = uri;
    builder.scheme = scheme;
    builder.method = method;
    builder.authority = authority;
    builder.headers = headers;
    builder.withoutHeaders = withoutHeaders;
    builder.queryParams = queryParams;
    builder.port = port;
    return builder;
  }

  /** On the path without query. */
  public @Nullable StringMatch uri() {
    return uri;
  }

  public @Nullable StringMatch scheme() {
    return scheme;
  }

  public @Nullable StringMatch method() {
    return method;
  }

  /** On the authority as the caller wrote it. */
  public @Nullable StringMatch authority() {
    return authority;
  }

  /** By name in lower case; repeated values are joined by {@code ,}. */
  public Map<String, StringMatch> headers() {
    return headers;
  }

  /** Holds when the header is absent or does not match. */
  public Map<String, StringMatch> withoutHeaders() {
    return withoutHeaders;
  }

  /** On the first value of a key. */
  public Map<String, StringMatch> queryParams() {
    return queryParams;
  }

  /** The port that the caller addressed; 0 is any. */
  public int port() {
    return port;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof RouteMatch)) {
      return false;
    }
    RouteMatch that = (RouteMatch) other;
    return Objects.equals(uri, that.uri)
        && Objects.equals(scheme, that.scheme)
        && Objects.equals(method, that.method)
        && Objects.equals(authority, that.authority)
        && Objects.equals(headers, that.headers)
        && Objects.equals(withoutHeaders, that.withoutHeaders)
        && Objects.equals(queryParams, that.queryParams)
        && port == that.port;
  }

  @Override
  public int hashCode() {
    return Objects.hash(uri, scheme, method, authority, headers, withoutHeaders, queryParams, port);
  }

  @Override
  public String toString() {
    return "RouteMatch{uri="
        + uri
        + ", scheme="
        + scheme
        + ", method="
        + method
        + ", authority="
        + authority
        + ", headers="
        + headers
        + ", withoutHeaders="
        + withoutHeaders
        + ", queryParams="
        + queryParams
        + ", port="
        + port
        + "}";
  }

  /** Builds {@link RouteMatch}; fields that are not set keep their documented default. */
  public static final class Builder {
    private @Nullable StringMatch uri;
    private @Nullable StringMatch scheme;
    private @Nullable StringMatch method;
    private @Nullable StringMatch authority;
    private Map<String, StringMatch> headers = Copies.noMap();
    private Map<String, StringMatch> withoutHeaders = Copies.noMap();
    private Map<String, StringMatch> queryParams = Copies.noMap();
    private int port;

    private Builder() {}

    public Builder uri(@Nullable StringMatch uri) {
      this.uri = uri;
      return this;
    }

    public Builder scheme(@Nullable StringMatch scheme) {
      this.scheme = scheme;
      return this;
    }

    public Builder method(@Nullable StringMatch method) {
      this.method = method;
      return this;
    }

    public Builder authority(@Nullable StringMatch authority) {
      this.authority = authority;
      return this;
    }

    public Builder headers(Map<String, StringMatch> headers) {
      this.headers = headers;
      return this;
    }

    public Builder withoutHeaders(Map<String, StringMatch> withoutHeaders) {
      this.withoutHeaders = withoutHeaders;
      return this;
    }

    public Builder queryParams(Map<String, StringMatch> queryParams) {
      this.queryParams = queryParams;
      return this;
    }

    public Builder port(int port) {
      this.port = port;
      return this;
    }

    public RouteMatch build() {
      return new RouteMatch(this);
    }
  }
}
