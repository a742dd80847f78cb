package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/** Which resource; the same in every version of its kind. Ordered by kind, namespace and name. */
public record ResourceKey(Kind kind, String namespace, String name)
    implements Comparable<ResourceKey> {

  private static final Comparator<ResourceKey> ORDER =
      Comparator.comparing((ResourceKey key) -> key.kind.group())
          .thenComparing(key -> key.kind.name())
          .thenComparing(ResourceKey::namespace)
          .thenComparing(ResourceKey::name);

  public ResourceKey {
    requireNonNull(kind, "kind");
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  @Override
  public int compareTo(ResourceKey other) {
    return ORDER.compare(this, other);
  }

  /** {@code kind/namespace/name}, as status and explanations write it. */
  @Override
  public String toString() {
    return kind.name() + "/" + namespace + "/" + name;
  }
}
