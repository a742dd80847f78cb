package dev.weft.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Changes to headers: removes first, then set, then add. Names in lower case; values may hold
 * Envoy's command operators, where {@code %%} is a literal percent sign.
 */
public final class HeaderOperations {

  private final Map<String, String> set;
  private final Map<String, String> add;
  private final List<String> remove;

  private HeaderOperations(Builder builder) {
    this.set = Copies.map(builder.set);
    this.add = Copies.map(builder.add);
    this.remove = Copies.list(builder.remove);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.set = set;
    builder.add = add;
    builder.remove = remove;
    return builder;
  }

  public Map<String, String> set() {
    return set;
  }

  public Map<String, String> add() {
    return add;
  }

  public List<String> remove() {
    return remove;
  }

  public static final HeaderOperations NONE = builder().build();

  public boolean isEmpty() {
    return set.isEmpty() && add.isEmpty() && remove.isEmpty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof HeaderOperations)) {
      return false;
    }
    HeaderOperations that = (HeaderOperations) other;
    return Objects.equals(set, that.set)
        && Objects.equals(add, that.add)
        && Objects.equals(remove, that.remove);
  }

  @Override
  public int hashCode() {
    return Objects.hash(set, add, remove);
  }

  @Override
  public String toString() {
    return "HeaderOperations{set=" + set + ", add=" + add + ", remove=" + remove + "}";
  }

  /** Builds {@link HeaderOperations}; fields that are not set keep their documented default. */
  public static final class Builder {
    private Map<String, String> set = Copies.noMap();
    private Map<String, String> add = Copies.noMap();
    private List<String> remove = Copies.noList();

    private Builder() {}

    public Builder set(Map<String, String> set) {
      this.set = set;
      return this;
    }

    public Builder add(Map<String, String> add) {
      this.add = add;
      return this;
    }

    public Builder remove(List<String> remove) {
      this.remove = remove;
      return this;
    }

    public HeaderOperations build() {
      return new HeaderOperations(this);
    }
  }
}
