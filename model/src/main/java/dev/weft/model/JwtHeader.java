package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A header that carries tokens. */
public final class JwtHeader {

  private final String name;
  private final String prefix;

  private JwtHeader(Builder builder) {
    this.name = requireNonNull(builder.name, "name");
    this.prefix = requireNonNull(builder.prefix, "prefix");
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.name = name;
    builder.prefix = prefix;
    return builder;
  }

  public String name() {
    return name;
  }

  /** What stands before the token, for example {@code "Bearer "}; may be empty. */
  public String prefix() {
    return prefix;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof JwtHeader)) {
      return false;
    }
    JwtHeader that = (JwtHeader) other;
    return Objects.equals(name, that.name) && Objects.equals(prefix, that.prefix);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, prefix);
  }

  @Override
  public String toString() {
    return "JwtHeader{name=" + name + ", prefix=" + prefix + "}";
  }

  /** Builds {@link JwtHeader}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String name = "";
    private String prefix = "";

    private Builder() {}

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder prefix(String prefix) {
      this.prefix = prefix;
      return this;
    }

    public JwtHeader build() {
      return new JwtHeader(this);
    }
  }
}
