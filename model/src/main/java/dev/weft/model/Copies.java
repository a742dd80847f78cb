package dev.weft.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Unmodifiable copies that keep their order. */
final class Copies {

  private Copies() {}

  static <T> List<T> list(Collection<? extends T> from) {
    return from.isEmpty()
        ? Collections.emptyList()
        : Collections.unmodifiableList(new ArrayList<>(from));
  }

  static <K, V> Map<K, V> map(Map<? extends K, ? extends V> from) {
    return from.isEmpty()
        ? Collections.emptyMap()
        : Collections.unmodifiableMap(new LinkedHashMap<>(from));
  }

  static <T> Set<T> set(Collection<? extends T> from) {
    return from.isEmpty()
        ? Collections.emptySet()
        : Collections.unmodifiableSet(new LinkedHashSet<>(from));
  }

  static <T> List<T> noList() {
    return Collections.emptyList();
  }

  static <K, V> Map<K, V> noMap() {
    return Collections.emptyMap();
  }

  static <T> Set<T> noSet() {
    return Collections.emptySet();
  }
}
