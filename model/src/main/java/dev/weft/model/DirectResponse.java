package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A fixed response, answered locally. */
public final class DirectResponse {

  private final int status;
  private final String body;

  private DirectResponse(Builder builder) {
    this.status = builder.status;
    this.body = requireNonNull(builder.body, "body");
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.status = status;
    builder.body = body;
    return builder;
  }

  public int status() {
    return status;
  }

  /** As text; empty for none. */
  public String body() {
    return body;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof DirectResponse)) {
      return false;
    }
    DirectResponse that = (DirectResponse) other;
    return status == that.status && Objects.equals(body, that.body);
  }

  @Override
  public int hashCode() {
    return Objects.hash(status, body);
  }

  @Override
  public String toString() {
    return "DirectResponse{status=" + status + ", body=" + body + "}";
  }

  /** Builds {@link DirectResponse}; fields that are not set keep their documented default. */
  public static final class Builder {
    private int status;
    private String body = "";

    private Builder() {}

    public Builder status(int status) {
      this.status = status;
      return this;
    }

    public Builder body(String body) {
      this.body = body;
      return this;
    }

    public DirectResponse build() {
      return new DirectResponse(this);
    }
  }
}
