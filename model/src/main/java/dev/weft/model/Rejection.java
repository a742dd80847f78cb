package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Why a resource was not taken; the last good version stays in force. */
public final class Rejection {

  private final String kind;
  private final String name;
  private final String source;
  private final String reason;

  private Rejection(Builder builder) {
    this.kind = requireNonNull(builder.kind, "kind");
    this.name = requireNonNull(builder.name, "name");
    this.source = requireNonNull(builder.source, "source");
    this.reason = requireNonNull(builder.reason, "reason");
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.kind = kind;
    builder.name = name;
    builder.source = source;
    builder.reason = reason;
    return builder;
  }

  /**
   * {@code RouteTable}, {@code Upstream}, {@code Endpoints}, {@code InboundPolicy} or {@code
   * TrustBundle}.
   */
  public String kind() {
    return kind;
  }

  public String name() {
    return name;
  }

  /** The policy it came from, {@code kind/namespace/name}; empty when unknown. */
  public String source() {
    return source;
  }

  public String reason() {
    return reason;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Rejection)) {
      return false;
    }
    Rejection that = (Rejection) other;
    return Objects.equals(kind, that.kind)
        && Objects.equals(name, that.name)
        && Objects.equals(source, that.source)
        && Objects.equals(reason, that.reason);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, name, source, reason);
  }

  @Override
  public String toString() {
    return "Rejection{kind="
        + kind
        + ", name="
        + name
        + ", source="
        + source
        + ", reason="
        + reason
        + "}";
  }

  /** Builds {@link Rejection}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String kind = "";
    private String name = "";
    private String source = "";
    private String reason = "";

    private Builder() {}

    public Builder kind(String kind) {
      this.kind = kind;
      return this;
    }

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder source(String source) {
      this.source = source;
      return this;
    }

    public Builder reason(String reason) {
      this.reason = reason;
      return this;
    }

    public Rejection build() {
      return new Rejection(this);
    }
  }
}
