package dev.weft.policy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trees of Map, List, String, Long, Double, Boolean and null: what YAML and JSON have in common.
 */
final class Trees {

  /** Deeper than any Istio document, and far from the end of the stack. */
  static final int MAX_DEPTH = 100;

  private Trees() {}

  /**
   * An unmodifiable copy in which whole numbers are Long and keys are strings.
   *
   * @throws IllegalArgumentException for a tree that is deeper than {@link #MAX_DEPTH}
   */
  static @Nullable Object freeze(@Nullable Object tree) {
    return freeze(tree, 0);
  }

  private static @Nullable Object freeze(@Nullable Object tree, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("nested deeper than " + MAX_DEPTH + " levels");
    }
    if (tree instanceof Map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) tree).entrySet()) {
        put(copy, String.valueOf(entry.getKey()), freeze(entry.getValue(), depth + 1));
      }
      return Collections.unmodifiableMap(copy);
    }
    if (tree instanceof Iterable) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (Object item : (Iterable<?>) tree) {
        copy.add(freeze(item, depth + 1));
      }
      return Collections.unmodifiableList(copy);
    }
    return scalar(tree);
  }

  private static @Nullable Object scalar(@Nullable Object value) {
    if (value == null || value instanceof Boolean || value instanceof Long) {
      return value;
    }
    if (value instanceof BigInteger) {
      BigInteger number = (BigInteger) value;
      return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number.doubleValue();
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Number) {
      return ((Number) value).doubleValue();
    }
    return value instanceof byte[] // a !!binary of YAML
        ? new String((byte[]) value, StandardCharsets.UTF_8)
        : value.toString();
  }

  @SuppressWarnings("NullAway") // JSON knows null values; a map of them says so nowhere in its type
  private static void put(Map<String, Object> map, String key, @Nullable Object value) {
    map.put(key, value);
  }

  /** {@code tree} as a map with string keys; empty when it is none. */
  @SuppressWarnings("unchecked") // every map that came through freeze has string keys
  static Map<String, Object> map(@Nullable Object tree) {
    return tree instanceof Map ? (Map<String, Object>) tree : Collections.emptyMap();
  }

  static List<?> list(@Nullable Object tree) {
    return tree instanceof List ? (List<?>) tree : Collections.emptyList();
  }

  /** {@code tree} as text; empty when it is no scalar. */
  static String text(@Nullable Object tree) {
    if (tree == null || tree instanceof Map || tree instanceof List) {
      return "";
    }
    return tree.toString();
  }

  /** A map of scalars as texts. */
  static Map<String, String> texts(@Nullable Object tree) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, Object> entry : map(tree).entrySet()) {
      texts.put(entry.getKey(), text(entry.getValue()));
    }
    return texts;
  }

  /**
   * For messages: short, on one line, and with a hint of the type where the text alone misleads.
   */
  static String brief(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Map) {
      return ((Map<?, ?>) value).isEmpty() ? "{}" : "a mapping";
    }
    if (value instanceof List) {
      return ((List<?>) value).isEmpty() ? "[]" : "a list";
    }
    String text = value.toString();
    if (text.length() > 80) {
      text = text.substring(0, 77) + "...";
    }
    text = text.replace('\n', ' ').replace('\r', ' ');
    return value instanceof String && (text.isEmpty() || looksLikeAnotherType(text))
        ? '"' + text + '"'
        : text;
  }

  private static boolean looksLikeAnotherType(String text) {
    return "true".equals(text)
        || "false".equals(text)
        || "null".equals(text)
        || text.startsWith(" ")
        || isNumber(text);
  }

  private static boolean isNumber(String text) {
    boolean digits = text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.' || c == '-');
    return digits && text.indexOf('.') == text.lastIndexOf('.');
  }
}
