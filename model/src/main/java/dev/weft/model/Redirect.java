package dev.weft.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An HTTP redirect, answered locally. */
public final class Redirect {

  private final @Nullable String uri;
  private final @Nullable String prefixRewrite;
  private final @Nullable String authority;
  private final @Nullable String scheme;
  private final int port;
  private final boolean portFromRequest;
  private final int status;

  private Redirect(Builder builder) {
    this.uri = builder.uri;
    this.prefixRewrite = builder.prefixRewrite;
    this.authority = builder.authority;
    this.scheme = builder.scheme;
    this.port = builder.port;
    this.portFromRequest = builder.portFromRequest;
    this.status = builder.status;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.uri = uri;
    builder.prefixRewrite = prefixRewrite;
    builder.authority = authority;
    builder.scheme = scheme;
    builder.port = port;
    builder.portFromRequest = portFromRequest;
    builder.status = status;
    return builder;
  }

  /** Replaces the whole path; null keeps it. The query is kept either way. */
  public @Nullable String uri() {
    return uri;
  }

  /** Replaces the matched prefix; null keeps it. */
  public @Nullable String prefixRewrite() {
    return prefixRewrite;
  }

  /** Null keeps it. */
  public @Nullable String authority() {
    return authority;
  }

  /** Null keeps it. */
  public @Nullable String scheme() {
    return scheme;
  }

  /** 0: not set. */
  public int port() {
    return port;
  }

  /** derivePort FROM_REQUEST_PORT. */
  public boolean portFromRequest() {
    return portFromRequest;
  }

  public int status() {
    return status;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Redirect)) {
      return false;
    }
    Redirect that = (Redirect) other;
    return Objects.equals(uri, that.uri)
        && Objects.equals(prefixRewrite, that.prefixRewrite)
        && Objects.equals(authority, that.authority)
        && Objects.equals(scheme, that.scheme)
        && port == that.port
        && portFromRequest == that.portFromRequest
        && status == that.status;
  }

  @Override
  public int hashCode() {
    return Objects.hash(uri, prefixRewrite, authority, scheme, port, portFromRequest, status);
  }

  @Override
  public String toString() {
    return "Redirect{uri="
        + uri
        + ", prefixRewrite="
        + prefixRewrite
        + ", authority="
        + authority
        + ", scheme="
        + scheme
        + ", port="
        + port
        + ", portFromRequest="
        + portFromRequest
        + ", status="
        + status
        + "}";
  }

  /** Builds {@link Redirect}; fields that are not set keep their documented default. */
  public static final class Builder {
    private @Nullable String uri;
    private @Nullable String prefixRewrite;
    private @Nullable String authority;
    private @Nullable String scheme;
    private int port;
    private boolean portFromRequest;
    private int status = 301;

    private Builder() {}

    public Builder uri(@Nullable String uri) {
      this.uri = uri;
      return this;
    }

    public Builder prefixRewrite(@Nullable String prefixRewrite) {
      this.prefixRewrite = prefixRewrite;
      return this;
    }

    public Builder authority(@Nullable String authority) {
      this.authority = authority;
      return this;
    }

    public Builder scheme(@Nullable String scheme) {
      this.scheme = scheme;
      return this;
    }

    public Builder port(int port) {
      this.port = port;
      return this;
    }

    public Builder portFromRequest(boolean portFromRequest) {
      this.portFromRequest = portFromRequest;
      return this;
    }

    public Builder status(int status) {
      this.status = status;
      return this;
    }

    public Redirect build() {
      return new Redirect(this);
    }
  }
}
