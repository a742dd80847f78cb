package dev.weft.outbound;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Changes to a header block, applied in this order: remove, then set (overwrite or add), then add
 * (append). Names are in lower case. Immutable.
 */
public final class HeaderMutations {

  public static final HeaderMutations NONE =
      new HeaderMutations(
          Collections.emptyList(), Collections.emptyList(), Collections.emptyList());

  private final List<String> remove;
  private final List<String> set;
  private final List<String> add;

  private HeaderMutations(List<String> remove, List<String> set, List<String> add) {
    this.remove = remove;
    this.set = set;
    this.add = add;
  }

  public static Builder builder() {
    return new Builder();
  }

  public boolean isEmpty() {
    return remove.isEmpty() && set.isEmpty() && add.isEmpty();
  }

  /** Applies all changes in their order; each argument is called once per change. */
  public void apply(
      Consumer<String> remove, BiConsumer<String, String> set, BiConsumer<String, String> add) {
    for (int i = 0; i < this.remove.size(); i++) {
      remove.accept(this.remove.get(i));
    }
    forEachPair(this.set, set);
    forEachPair(this.add, add);
  }

  private static void forEachPair(List<String> pairs, BiConsumer<String, String> consumer) {
    for (int i = 0; i < pairs.size(); i += 2) {
      consumer.accept(pairs.get(i), pairs.get(i + 1));
    }
  }

  @Override
  public String toString() {
    return "remove " + remove + ", set " + set + ", add " + add;
  }

  /** Collects changes; order within a kind is kept. */
  public static final class Builder {
    private final List<String> remove = new ArrayList<>(2);
    private final List<String> set = new ArrayList<>(4);
    private final List<String> add = new ArrayList<>(4);

    private Builder() {}

    public Builder remove(String name) {
      remove.add(requireNonNull(name, "name"));
      return this;
    }

    public Builder set(String name, String value) {
      set.addAll(Arrays.asList(requireNonNull(name, "name"), requireNonNull(value, "value")));
      return this;
    }

    public Builder add(String name, String value) {
      add.addAll(Arrays.asList(requireNonNull(name, "name"), requireNonNull(value, "value")));
      return this;
    }

    /** Appends all of {@code other}, each kind after its own kind. */
    public Builder addAll(HeaderMutations other) {
      remove.addAll(other.remove);
      set.addAll(other.set);
      add.addAll(other.add);
      return this;
    }

    public HeaderMutations build() {
      return remove.isEmpty() && set.isEmpty() && add.isEmpty()
          ? NONE
          : new HeaderMutations(
              Collections.unmodifiableList(new ArrayList<>(remove)),
              Collections.unmodifiableList(new ArrayList<>(set)),
              Collections.unmodifiableList(new ArrayList<>(add)));
    }
  }
}
