package dev.weft.control.core;

import dev.weft.control.core.Refused.Cause;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A level of a configuration, read strictly: whatever is not as expected becomes a cause with its
 * path, and reading goes on with the default.
 */
final class ConfigReader {

  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
  static final Pattern DNS_LABEL = Pattern.compile(LABEL);
  static final Pattern DNS_NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h)");
  private static final Map<String, Long> UNITS =
      Map.of("ms", 1_000_000L, "s", 1_000_000_000L, "m", 60_000_000_000L, "h", 3_600_000_000_000L);

  private final Map<String, Object> tree;
  private final String path;
  private final List<Cause> causes;

  /**
   * @param path of this level; empty for the whole document
   * @param causes takes what is wrong
   */
  ConfigReader(Map<String, Object> tree, String path, List<Cause> causes) {
    this.tree = tree;
    this.path = path;
    this.causes = causes;
  }

  /** Every other field is wrong. */
  ConfigReader knows(String... fields) {
    Set<String> known = new LinkedHashSet<>(Arrays.asList(fields));
    for (String field : tree.keySet()) {
      if (!known.contains(field)) {
        causes.add(
            new Cause(
                at(field),
                "not known or not supported (expected: " + String.join(", ", known) + ")",
                true));
      }
    }
    return this;
  }

  void wrong(String field, @Nullable Object value, String expected) {
    causes.add(new Cause(at(field), value + " (expected: " + expected + ")", false));
  }

  ConfigReader map(String field) {
    Object value = tree.get(field);
    if (value != null && !(value instanceof Map)) {
      wrong(field, value, "a mapping");
    }
    return new ConfigReader(Trees.map(tree, field), at(field), causes);
  }

  ConfigReader requiredMap(String field) {
    if (tree.get(field) == null) {
      wrong(field, "missing", "a mapping; other providers are not supported");
    }
    return map(field);
  }

  List<ConfigReader> maps(String field) {
    List<ConfigReader> maps = new ArrayList<>();
    for (Object item : list(field)) {
      String itemPath = at(field) + "[" + maps.size() + "]";
      if (!(item instanceof Map)) {
        causes.add(new Cause(itemPath, item + " (expected: a mapping)", false));
      }
      maps.add(new ConfigReader(Trees.asMap(item), itemPath, causes));
    }
    return maps;
  }

  String text(String field, String otherwise) {
    Object value = tree.get(field);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof String text) {
      return text;
    }
    wrong(field, value, "a text");
    return otherwise;
  }

  String required(String field, String expected) {
    String text = text(field, "");
    if (text.isEmpty()) {
      wrong(field, "missing", expected);
    }
    return text;
  }

  String matching(String field, Pattern pattern, String otherwise, String expected) {
    String text = text(field, otherwise);
    if (!pattern.matcher(text).matches()) {
      wrong(field, text, expected);
      return otherwise;
    }
    return text;
  }

  Set<String> allMatching(String field, Pattern pattern, String expected) {
    Set<String> all = new LinkedHashSet<>();
    for (String text : texts(field)) {
      if (!pattern.matcher(text).matches()) {
        wrong(field, text, expected);
      }
      all.add(text);
    }
    return all;
  }

  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    for (Object item : list(field)) {
      if (item instanceof String text) {
        texts.add(text);
      } else {
        wrong(field, item, "texts");
      }
    }
    return texts;
  }

  Map<String, String> textMap(String field) {
    Map<String, String> texts = new LinkedHashMap<>();
    ConfigReader map = map(field);
    for (String key : map.tree.keySet()) {
      texts.put(key, map.text(key, ""));
    }
    return texts;
  }

  List<String> cidrs(String field) {
    List<String> cidrs = texts(field);
    for (String cidr : cidrs) {
      try {
        Cidr.parse(cidr);
      } catch (IllegalArgumentException e) {
        wrong(field, cidr, "an address, or a block as in 10.0.0.0/8");
      }
    }
    return cidrs;
  }

  <T> T choice(String field, Map<String, T> choices, T otherwise) {
    String text = text(field, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    T chosen = choices.get(text);
    if (chosen == null) {
      wrong(field, text, "one of " + String.join(", ", new TreeSet<>(choices.keySet())));
      return otherwise;
    }
    return chosen;
  }

  boolean flag(String field, boolean otherwise) {
    Object value = tree.get(field);
    if (value instanceof Boolean flag) {
      return flag;
    }
    if (value != null) {
      wrong(field, value, "true or false");
    }
    return otherwise;
  }

  int requiredInteger(String field, int least, int most) {
    if (tree.get(field) == null) {
      wrong(field, "missing", "an integer from " + least + " to " + most);
      return least;
    }
    return integer(field, least, most, least);
  }

  /** Also as text: Istio writes status codes so. */
  int integer(String field, int least, int most, int otherwise) {
    Object value = tree.get(field);
    if (value == null) {
      return otherwise;
    }
    String digits = String.valueOf(value);
    if (digits.matches("\\d{1,9}")) {
      int number = Integer.parseInt(digits);
      if (number >= least && number <= most) {
        return number;
      }
    }
    wrong(field, value, "an integer from " + least + " to " + most);
    return otherwise;
  }

  long nanos(String field, long otherwise) {
    String text = text(field, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(text);
    if (matcher.matches()) {
      BigDecimal unit = BigDecimal.valueOf(UNITS.getOrDefault(matcher.group(2), 0L));
      BigDecimal nanos = new BigDecimal(matcher.group(1)).multiply(unit);
      if (nanos.signum() > 0 && nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0) {
        return nanos.longValue();
      }
    }
    wrong(field, text, "a duration above zero as in 2s or 500ms");
    return otherwise;
  }

  private List<?> list(String field) {
    Object value = tree.get(field);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      wrong(field, value, "a list");
      return List.of();
    }
    List<Object> items = new ArrayList<>();
    for (Object item : list) {
      if (item == null) {
        wrong(field, "an empty entry", "none");
      } else {
        items.add(item);
      }
    }
    return items;
  }

  private String at(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}
