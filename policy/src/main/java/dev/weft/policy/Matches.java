package dev.weft.policy;

import java.util.LinkedHashMap;
import java.util.Map;

/** What an HTTP match asks of a request. */
final class Matches {

  private Matches() {}

  /** The match without its name and its counters' prefix, for comparison. */
  static Map<String, Object> conditions(Node match) {
    Map<String, Object> conditions = new LinkedHashMap<>(match.entries());
    conditions.remove("name");
    conditions.remove("statPrefix");
    return conditions;
  }

  /** Whether it asks nothing, of anybody. */
  static boolean isCatchAll(Node match) {
    for (Map.Entry<String, Object> condition : conditions(match).entrySet()) {
      Node node = match.get(condition.getKey());
      boolean asksNothing =
          Rules.isEmpty(node)
              || "ignoreUriCase".equals(condition.getKey())
              || ("uri".equals(condition.getKey()) && anyUri(node));
      if (!asksNothing) {
        return false;
      }
    }
    return true;
  }

  private static boolean anyUri(Node uri) {
    String prefix = uri.get("prefix").textOrNull();
    String regex = uri.get("regex").textOrNull();
    return "/".equals(prefix) || "".equals(prefix) || ".*".equals(regex) || "/.*".equals(regex);
  }
}
