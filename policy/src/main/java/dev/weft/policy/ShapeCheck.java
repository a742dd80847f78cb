package dev.weft.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Is every field known, of the right type, and one of the values that its enum has? Everything is
 * said at once. A field that is {@code null} counts as absent, as it does for Kubernetes.
 */
final class ShapeCheck {

  private final Schema schema;
  private final Problems problems;

  ShapeCheck(Schema schema, Problems problems) {
    this.schema = schema;
    this.problems = problems;
  }

  void check(Node node, String type) {
    if (type.startsWith("list ")) {
      list(node, type.substring("list ".length()));
    } else if (type.startsWith("map ")) {
      map(node, type.substring("map ".length()));
    } else {
      Map<String, Schema.Field> fields = schema.fields(type);
      Set<String> values = schema.values(type);
      if (fields != null) {
        object(node, fields);
      } else if (values != null) {
        if (!(node.value() instanceof String) || !values.contains(node.text())) {
          wrong(node, "one of " + String.join(", ", values));
        }
      } else {
        scalar(node, type);
      }
    }
  }

  private void list(Node node, String itemType) {
    if (!(node.value() instanceof List)) {
      wrong(node, "a list");
      return;
    }
    for (Node item : node.items()) {
      check(item, itemType);
    }
  }

  private void map(Node node, String valueType) {
    if (!(node.value() instanceof Map)) {
      wrong(node, "a mapping");
      return;
    }
    for (String key : node.entries().keySet()) {
      check(node.entry(key), valueType);
    }
  }

  private void object(Node node, Map<String, Schema.Field> fields) {
    if (!(node.value() instanceof Map)) {
      wrong(node, "a mapping with " + String.join(", ", new TreeSet<>(fields.keySet())));
      return;
    }
    Map<String, List<String>> alternatives = new LinkedHashMap<>();
    for (String name : node.entries().keySet()) {
      if (problems.isFull()) {
        return;
      }
      Schema.Field field = fields.get(name);
      Node child = node.get(name);
      if (field == null) {
        problems.add(
            Problem.error(child.path(), "IST0106", "unknown field (" + hint(name, fields) + ")"));
      } else if (child.present()) {
        check(child, field.type);
        if (!field.noEffect.isEmpty()) {
          problems.add(Problem.noEffect(child.path(), field.noEffect));
        }
        if (!field.oneOf.isEmpty()) {
          alternatives.computeIfAbsent(field.oneOf, mark -> new ArrayList<>()).add(name);
        }
      }
    }
    for (List<String> set : alternatives.values()) {
      if (set.size() > 1) {
        problems.add(
            Problem.error(
                node.path(),
                "IST0106",
                String.join(" and ", set) + " are both set (expected: only one of them)"));
      }
    }
  }

  private void scalar(Node node, String type) {
    Object value = node.value();
    switch (type) {
      case "string":
        require(value instanceof String, node, quoted(value));
        break;
      case "bool":
        require(value instanceof Boolean, node, "true or false");
        break;
      case "int":
        require(value instanceof Long, node, "an integer");
        break;
      case "uint":
        require(within(value, 0, 0xFFFF_FFFFL), node, "an integer >= 0");
        break;
      case "port":
        require(within(value, 1, 65_535), node, "a port number, 1 to 65535");
        break;
      case "percent":
        require(within(value, 0, 100), node, "an integer from 0 to 100");
        break;
      case "number":
        require(value instanceof Number, node, "a number");
        break;
      case "percentage":
        require(
            value instanceof Number
                && ((Number) value).doubleValue() >= 0
                && ((Number) value).doubleValue() <= 100,
            node,
            "a number from 0 to 100");
        break;
      case "duration":
        duration(node, false);
        break;
      case "duration0":
        duration(node, true);
        break;
      default: // any
    }
  }

  private void duration(Node node, boolean zeroAllowed) {
    if (!(node.value() instanceof String)) {
      wrong(node, Durations.SYNTAX);
      return;
    }
    long nanos = Durations.nanos(node.text());
    if (nanos == Durations.MALFORMED) {
      wrong(node, Durations.SYNTAX);
    } else if (nanos < Durations.MILLISECOND && !(zeroAllowed && nanos == 0)) {
      wrong(node, "at least 1ms");
    } else if (nanos % Durations.MILLISECOND != 0) {
      wrong(node, "whole milliseconds");
    }
  }

  /** Unquoted {@code version: 1.0} is the commonest of all mistakes: say how to mend it. */
  private static String quoted(@Nullable Object value) {
    return value instanceof Number || value instanceof Boolean
        ? "a string: put it in quotes, \"" + value + "\""
        : "a string";
  }

  private static boolean within(@Nullable Object value, long from, long to) {
    return value instanceof Long && (Long) value >= from && (Long) value <= to;
  }

  private void require(boolean right, Node node, String expectation) {
    if (!right) {
      wrong(node, expectation);
    }
  }

  private void wrong(Node node, String expectation) {
    problems.add(Problem.wrong(node.path(), node.value(), expectation));
  }

  private static String hint(String name, Map<String, Schema.Field> fields) {
    String nearest = Words.nearest(name, fields.keySet());
    return nearest == null
        ? "known are: " + String.join(", ", new TreeSet<>(fields.keySet()))
        : "did you mean " + nearest + "?";
  }

  /** Which of some words was meant. */
  static final class Words {

    private Words() {}

    /** The nearest of {@code known}, when it is near enough to be a slip; null otherwise. */
    static @Nullable String nearest(String word, Iterable<String> known) {
      String best = null;
      int bestDistance = Math.min(4, 1 + word.length() / 3);
      for (String candidate : known) {
        int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
        if (distance < bestDistance) {
          best = candidate;
          bestDistance = distance;
        }
      }
      return best;
    }

    /** Levenshtein's; long words are compared by their first 64 characters. */
    private static int distance(String a, String b) {
      String from = a.length() > 64 ? a.substring(0, 64) : a;
      int[] costs = new int[b.length() + 1];
      for (int j = 0; j <= b.length(); j++) {
        costs[j] = j;
      }
      for (int i = 1; i <= from.length(); i++) {
        int diagonal = costs[0];
        costs[0] = i;
        for (int j = 1; j <= b.length(); j++) {
          int substitution = diagonal + (from.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
          diagonal = costs[j];
          costs[j] = Math.min(substitution, 1 + Math.min(costs[j], costs[j - 1]));
        }
      }
      return costs[b.length()];
    }
  }
}
