package dev.weft.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One rule: one of {@code from}, one of {@code to} and all of {@code when} must match. */
public final class AuthorizationRule {

  private final List<SourceMatch> from;
  private final List<OperationMatch> to;
  private final List<AttributeMatch> when;

  private AuthorizationRule(Builder builder) {
    this.from = Copies.list(builder.from);
    this.to = Copies.list(builder.to);
    this.when = Copies.list(builder.when);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.from = from;
    builder.to = to;
    builder.when = when;
    return builder;
  }

  /** Empty: any source. */
  public List<SourceMatch> from() {
    return from;
  }

  /** Empty: any operation. */
  public List<OperationMatch> to() {
    return to;
  }

  /** Empty: no condition. */
  public List<AttributeMatch> when() {
    return when;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof AuthorizationRule)) {
      return false;
    }
    AuthorizationRule that = (AuthorizationRule) other;
    return Objects.equals(from, that.from)
        && Objects.equals(to, that.to)
        && Objects.equals(when, that.when);
  }

  @Override
  public int hashCode() {
    return Objects.hash(from, to, when);
  }

  @Override
  public String toString() {
    return "AuthorizationRule{from=" + from + ", to=" + to + ", when=" + when + "}";
  }

  /** Builds {@link AuthorizationRule}; fields that are not set keep their documented default. */
  public static final class Builder {
    private List<SourceMatch> from = Copies.noList();
    private List<OperationMatch> to = Copies.noList();
    private List<AttributeMatch> when = Copies.noList();

    private Builder() {}

    public Builder from(List<SourceMatch> from) {
      this.from = from;
      return this;
    }

    public Builder to(List<OperationMatch> to) {
      this.to = to;
      return this;
    }

    public Builder when(List<AttributeMatch> when) {
      this.when = when;
      return this;
    }

    public AuthorizationRule build() {
      return new AuthorizationRule(this);
    }
  }
}
