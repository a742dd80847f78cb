package dev.weft.policy;

import java.util.Collections;
import java.util.Map;

/** {@code selector} of the security kinds. */
final class WorkloadSelector {

  private WorkloadSelector() {}

  /**
   * The labels that {@code spec} selects; empty for all workloads. A selector that cannot be read
   * selects all: what it protects is not to be left open.
   */
  static Map<String, String> of(Node spec) {
    Node selector = spec.get("selector");
    Node labels = selector.get("matchLabels");
    if (selector.entries().size() > (selector.has("matchLabels") ? 1 : 0)) {
      return Collections.emptyMap();
    }
    for (Object value : labels.entries().values()) {
      if (value == null || value instanceof Map || value instanceof Iterable) {
        return Collections.emptyMap();
      }
    }
    return labels.texts();
  }

  /**
   * The rules of Istio's webhook for {@code selector}, {@code targetRef} and {@code targetRefs}.
   */
  static void check(Node spec, Rules rules) {
    Node selector = spec.get("selector");
    Node labels = selector.get("matchLabels");
    for (String key : labels.entries().keySet()) {
      Node label = labels.entry(key);
      if (key.isEmpty()) {
        rules.error(label, "has no key (expected: the name of a label)");
      } else if (key.indexOf('*') >= 0 || label.text().indexOf('*') >= 0) {
        rules.error(label, Trees.brief(label.value()) + " (expected: no wildcard in a selector)");
      }
    }
    if (selector.present() && Rules.isEmpty(labels)) {
      rules.warning(selector, "has no labels: every workload of the namespace is selected");
    }
    for (String field : new String[] {"targetRef", "targetRefs"}) {
      Node target = spec.get(field);
      if (!Rules.isEmpty(target)) {
        if (selector.present()) {
          rules.error(spec, field + " and selector are both set (expected: only one of them)");
        }
        rules.error(
            target, "is not supported: there are neither gateways nor waypoints (use selector)");
      }
    }
  }
}
