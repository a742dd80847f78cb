package dev.weft.control.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Documents as trees of maps, lists and scalars, the way a JSON or YAML parser gives them. */
public final class Trees {

  private Trees() {}

  /** An unmodifiable copy, all the way down; the order of keys is kept, nulls too. */
  public static Map<String, Object> freeze(Map<?, ?> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> put(copy, String.valueOf(key), freezeValue(value)));
    return Collections.unmodifiableMap(copy);
  }

  /** The map at {@code key}; empty when there is none or when it is something else. */
  public static Map<String, Object> map(Map<String, ?> tree, String key) {
    return tree.get(key) instanceof Map<?, ?> found ? cast(found) : Map.of();
  }

  /** The value as a map; empty when it is something else. */
  public static Map<String, Object> asMap(@Nullable Object value) {
    return value instanceof Map<?, ?> found ? cast(found) : Map.of();
  }

  /** The text at {@code key}; empty when there is none. */
  public static String text(Map<String, ?> tree, String key) {
    Object value = tree.get(key);
    return value == null ? "" : String.valueOf(value);
  }

  /** A map of texts, for labels and annotations; anything else in it is left out. */
  public static Map<String, String> texts(Map<String, ?> tree, String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(tree, key)
        .forEach(
            (name, value) -> {
              if (value != null) {
                texts.put(name, String.valueOf(value));
              }
            });
    return texts;
  }

  /** A modifiable copy of one level. */
  public static Map<String, Object> copy(Map<String, ?> tree) {
    Map<String, Object> copy = new LinkedHashMap<>();
    tree.forEach((key, value) -> put(copy, key, value));
    return copy;
  }

  /** The tree after an RFC 7386 merge patch; neither argument is changed. */
  public static @Nullable Object merge(@Nullable Object target, @Nullable Object patch) {
    if (!(patch instanceof Map<?, ?> changes)) {
      return patch;
    }
    Map<String, Object> merged =
        target instanceof Map<?, ?> map ? copy(cast(map)) : new LinkedHashMap<>();
    changes.forEach(
        (key, value) -> {
          String name = String.valueOf(key);
          if (value == null) {
            merged.remove(name);
          } else {
            put(merged, name, merge(merged.get(name), value));
          }
        });
    return merged;
  }

  private static @Nullable Object freezeValue(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return freeze(map);
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list.size());
      for (Object item : list) {
        add(copy, freezeValue(item));
      }
      return Collections.unmodifiableList(copy);
    }
    // One type for whole numbers, so that trees from different parsers can be compared.
    return value instanceof Integer number ? (Object) number.longValue() : value;
  }

  // A document may hold nulls ("http: null"); they are kept like everything else that was sent.
  @SuppressWarnings("NullAway")
  private static void put(Map<String, Object> map, String key, @Nullable Object value) {
    map.put(key, value);
  }

  @SuppressWarnings("NullAway") // As above.
  private static void add(List<Object> list, @Nullable Object value) {
    list.add(value);
  }

  // Keys are texts: the parsers of JSON and YAML that feed this server make no others.
  @SuppressWarnings("unchecked")
  private static Map<String, Object> cast(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }
}
