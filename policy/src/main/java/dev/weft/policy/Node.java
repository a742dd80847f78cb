package dev.weft.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One place of a tree with its path, read without surprise: what is absent or of another type gives
 * the default. That documents have the right types is the validator's business, before.
 */
final class Node {

  private final @Nullable Object value;
  private final String path;

  private Node(@Nullable Object value, String path) {
    this.value = value;
    this.path = path;
  }

  static Node of(@Nullable Object value, String path) {
    return new Node(value, path);
  }

  static Node spec(Document document) {
    return new Node(document.spec(), "spec");
  }

  @Nullable Object value() {
    return value;
  }

  String path() {
    return path;
  }

  boolean present() {
    return value != null;
  }

  Node get(String field) {
    return new Node(Trees.map(value).get(field), path + "." + field);
  }

  boolean has(String field) {
    return Trees.map(value).get(field) != null;
  }

  List<Node> items() {
    List<?> items = Trees.list(value);
    List<Node> nodes = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      nodes.add(new Node(items.get(i), path + "[" + i + "]"));
    }
    return nodes;
  }

  /** The entries of a map in their order, keyed. */
  Map<String, Object> entries() {
    return Trees.map(value);
  }

  /** The entry of a map whose key is no plain field name. */
  Node entry(String key) {
    return new Node(Trees.map(value).get(key), path + "[" + key + "]");
  }

  boolean isText() {
    return value instanceof String;
  }

  /** Empty when absent. */
  String text() {
    return Trees.text(value);
  }

  @Nullable String textOrNull() {
    return value instanceof String ? (String) value : null;
  }

  Map<String, String> texts() {
    return Trees.texts(value);
  }

  List<String> textItems() {
    List<String> texts = new ArrayList<>();
    for (Object item : Trees.list(value)) {
      texts.add(Trees.text(item));
    }
    return texts;
  }

  boolean flag(boolean otherwise) {
    return value instanceof Boolean ? (Boolean) value : otherwise;
  }

  double number(double otherwise) {
    return value instanceof Number ? ((Number) value).doubleValue() : otherwise;
  }

  /** A whole number within the bounds of an int; beyond them the nearest. */
  int integer(int otherwise) {
    if (!(value instanceof Number)) {
      return otherwise;
    }
    long number = ((Number) value).longValue();
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number));
  }

  /** Nanoseconds; {@code otherwise} when absent or malformed. */
  long nanos(long otherwise) {
    if (!(value instanceof String)) {
      return otherwise;
    }
    long nanos = Durations.nanos((String) value);
    return nanos == Durations.MALFORMED ? otherwise : nanos;
  }
}
