package dev.weft.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the upstream sees instead of the application's path and authority. */
public final class Rewrite {

  private final @Nullable String uri;
  private final @Nullable String regex;
  private final @Nullable String substitution;
  private final @Nullable String authority;

  private Rewrite(Builder builder) {
    this.uri = builder.uri;
    this.regex = builder.regex;
    this.substitution = builder.substitution;
    this.authority = builder.authority;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.uri = uri;
    builder.regex = regex;
    builder.substitution = substitution;
    builder.authority = authority;
    return builder;
  }

  /** Replaces the matched prefix literally, or the whole path after an exact or regex match. */
  public @Nullable String uri() {
    return uri;
  }

  /** RE2; every match in the path, query excluded, becomes {@link #substitution()}. */
  public @Nullable String regex() {
    return regex;
  }

  /** May refer to groups as {@code \1}. */
  public @Nullable String substitution() {
    return substitution;
  }

  public @Nullable String authority() {
    return authority;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Rewrite)) {
      return false;
    }
    Rewrite that = (Rewrite) other;
    return Objects.equals(uri, that.uri)
        && Objects.equals(regex, that.regex)
        && Objects.equals(substitution, that.substitution)
        && Objects.equals(authority, that.authority);
  }

  @Override
  public int hashCode() {
    return Objects.hash(uri, regex, substitution, authority);
  }

  @Override
  public String toString() {
    return "Rewrite{uri="
        + uri
        + ", regex="
        + regex
        + ", substitution="
        + substitution
        + ", authority="
        + authority
        + "}";
  }

  /** Builds {@link Rewrite}; fields that are not set keep their documented default. */
  public static final class Builder {
    private @Nullable String uri;
    private @Nullable String regex;
    private @Nullable String substitution;
    private @Nullable String authority;

    private Builder() {}

    public Builder uri(@Nullable String uri) {
      this.uri = uri;
      return this;
    }

    public Builder regex(@Nullable String regex) {
      this.regex = regex;
      return this;
    }

    public Builder substitution(@Nullable String substitution) {
      this.substitution = substitution;
      return this;
    }

    public Builder authority(@Nullable String authority) {
      this.authority = authority;
      return this;
    }

    public Rewrite build() {
      return new Rewrite(this);
    }
  }
}
