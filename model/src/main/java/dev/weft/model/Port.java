package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A port that a server of the instance opened. */
public final class Port {

  private final int number;
  private final String protocol;
  private final boolean tls;

  private Port(Builder builder) {
    this.number = builder.number;
    this.protocol = requireNonNull(builder.protocol, "protocol");
    this.tls = builder.tls;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.number = number;
    builder.protocol = protocol;
    builder.tls = tls;
    return builder;
  }

  public int number() {
    return number;
  }

  /** {@code http}, {@code http2} or {@code grpc}. */
  public String protocol() {
    return protocol;
  }

  /** Whether the application terminates TLS on it itself. */
  public boolean tls() {
    return tls;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Port)) {
      return false;
    }
    Port that = (Port) other;
    return number == that.number && Objects.equals(protocol, that.protocol) && tls == that.tls;
  }

  @Override
  public int hashCode() {
    return Objects.hash(number, protocol, tls);
  }

  @Override
  public String toString() {
    return "Port{number=" + number + ", protocol=" + protocol + ", tls=" + tls + "}";
  }

  /** Builds {@link Port}; fields that are not set keep their documented default. */
  public static final class Builder {
    private int number;
    private String protocol = "http";
    private boolean tls;

    private Builder() {}

    public Builder number(int number) {
      this.number = number;
      return this;
    }

    public Builder protocol(String protocol) {
      this.protocol = protocol;
      return this;
    }

    public Builder tls(boolean tls) {
      this.tls = tls;
      return this;
    }

    public Port build() {
      return new Port(this);
    }
  }
}
