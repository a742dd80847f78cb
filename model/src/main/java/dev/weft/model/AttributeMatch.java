package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One condition of AuthorizationPolicy {@code when}. */
public final class AttributeMatch {

  private final String key;
  private final List<String> values;
  private final List<String> notValues;

  private AttributeMatch(Builder builder) {
    this.key = requireNonNull(builder.key, "key");
    this.values = Copies.list(builder.values);
    this.notValues = Copies.list(builder.notValues);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.key = key;
    builder.values = values;
    builder.notValues = notValues;
    return builder;
  }

  /** For example {@code request.headers[x-tenant]}. */
  public String key() {
    return key;
  }

  /** One of them must match, if there are any. */
  public List<String> values() {
    return values;
  }

  /** None of them may match. */
  public List<String> notValues() {
    return notValues;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof AttributeMatch)) {
      return false;
    }
    AttributeMatch that = (AttributeMatch) other;
    return Objects.equals(key, that.key)
        && Objects.equals(values, that.values)
        && Objects.equals(notValues, that.notValues);
  }

  @Override
  public int hashCode() {
    return Objects.hash(key, values, notValues);
  }

  @Override
  public String toString() {
    return "AttributeMatch{key=" + key + ", values=" + values + ", notValues=" + notValues + "}";
  }

  /** Builds {@link AttributeMatch}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String key = "";
    private List<String> values = Copies.noList();
    private List<String> notValues = Copies.noList();

    private Builder() {}

    public Builder key(String key) {
      this.key = key;
      return this;
    }

    public Builder values(List<String> values) {
      this.values = values;
      return this;
    }

    public Builder notValues(List<String> notValues) {
      this.notValues = notValues;
      return this;
    }

    public AttributeMatch build() {
      return new AttributeMatch(this);
    }
  }
}
