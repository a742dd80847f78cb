package dev.weft.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the routes of delegates in the place of the routes that name them. A match of the delegate
 * has to fit into a match of its root; routes that do not fit are left out, and that is said.
 */
final class Delegates {

  /** What a delegate's route takes from its root, whole, where it says nothing itself. */
  private static final String[] INHERITED = {
    "rewrite",
    "directResponse",
    "timeout",
    "retries",
    "fault",
    "mirror",
    "mirrors",
    "mirrorPercent",
    "mirrorPercentage",
    "corsPolicy",
    "headers"
  };

  private final PolicySet policies;
  private final Destinations destinations;

  Delegates(PolicySet policies, Destinations destinations) {
    this.policies = policies;
    this.destinations = destinations;
  }

  /** The routes of {@code root} in their order, those of its delegates among them. */
  List<Node> expand(Rule root) {
    List<Node> routes = new ArrayList<>();
    for (Node route : root.spec.get("http").items()) {
      Node delegate = route.get("delegate");
      if (delegate.present()) {
        expand(root, route, delegate, routes);
      } else {
        routes.add(route);
      }
    }
    return routes;
  }

  private void expand(Rule root, Node route, Node delegate, List<Node> routes) {
    Found found = find(policies, root, delegate);
    Rule rule = found.rule;
    if (rule == null) {
      report(root, Problem.warning(delegate.path(), "IST0101", found.why));
      return;
    }
    destinations.sources.add(rule.source());
    for (Node leaf : rule.spec.get("http").items()) {
      Map<String, Object> merged = merge(route, leaf, rule.namespace);
      if (merged == null) {
        report(
            rule,
            Problem.warning(
                leaf.path(),
                "IST0131",
                "is left out: none of its matches fits into a match of " + root.title()));
      } else {
        routes.add(Node.of(merged, rule.title() + " " + leaf.path()));
      }
    }
  }

  /** The delegate that {@code root} names, or why there is none. */
  static Found find(PolicySet policies, Rule root, Node delegate) {
    String namespace = delegate.get("namespace").text();
    String name =
        (namespace.isEmpty() ? root.namespace : namespace) + "/" + delegate.get("name").text();
    Rule rule = policies.rules.virtualServicesByName.get(name);
    if (rule == null) {
      return new Found(null, name + ": there is no such VirtualService");
    }
    if (rule.visibleFrom(root.namespace) == Visibility.NONE) {
      return new Found(null, name + ": is not exported to namespace " + root.namespace);
    }
    if (!Rules.isEmpty(rule.spec.get("hosts"))) {
      return new Found(null, name + ": is no delegate, as it has hosts of its own");
    }
    return new Found(rule, "");
  }

  /** What came of looking for a delegate. */
  static final class Found {
    final @Nullable Rule rule;
    final String why;

    private Found(@Nullable Rule rule, String why) {
      this.rule = rule;
      this.why = why;
    }
  }

  private void report(Rule rule, Problem problem) {
    Finding finding = new Finding(rule.key(), problem);
    destinations.findings.add(finding);
    destinations.explanation.add(finding.text());
  }

  /** Null when no match of the leaf fits. */
  private @Nullable Map<String, Object> merge(Node root, Node leaf, String leafNamespace) {
    Map<String, Object> merged = new LinkedHashMap<>(leaf.entries());
    List<Node> rootMatches = root.get("match").items();
    List<Node> leafMatches = leaf.get("match").items();
    if (!rootMatches.isEmpty()) {
      List<Object> matches = new ArrayList<>();
      for (Node rootMatch : rootMatches) {
        if (leafMatches.isEmpty()) {
          matches.add(rootMatch.entries());
        }
        for (Node leafMatch : leafMatches) {
          if (!MatchMerge.conflict(rootMatch, leafMatch)) {
            matches.add(MatchMerge.merge(rootMatch, leafMatch));
          }
        }
      }
      if (matches.isEmpty()) {
        return null;
      }
      merged.put("match", matches);
    }
    for (String field : INHERITED) {
      Object inherited = root.get(field).value();
      if (inherited != null && !leaf.has(field)) {
        merged.put(field, inherited);
      }
    }
    merged.put("name", joined(root.get("name").text(), leaf.get("name").text()));
    qualify(merged, leafNamespace);
    return merged;
  }

  static String joined(String root, String leaf) {
    return root.isEmpty() || leaf.isEmpty() ? root + leaf : root + "-" + leaf;
  }

  /** Short names in a delegate are of the delegate's namespace, not of the root's. */
  private void qualify(Map<String, Object> route, String namespace) {
    List<Object> qualified = new ArrayList<>();
    for (Node item : Node.of(route.get("route"), "route").items()) {
      Map<String, Object> destination = new LinkedHashMap<>(item.get("destination").entries());
      destination.put(
          "host", policies.hosts.inRule(item.get("destination").get("host").text(), namespace));
      Map<String, Object> copy = new LinkedHashMap<>(item.entries());
      copy.put("destination", destination);
      qualified.add(copy);
    }
    if (!qualified.isEmpty()) {
      route.put("route", qualified);
    }
  }

  /** How two matches become the one that asks both. */
  static final class MatchMerge {

    private static final String[] STRINGS = {"uri", "scheme", "method", "authority"};
    private static final String[] MAPS = {"headers", "withoutHeaders", "queryParams"};

    private MatchMerge() {}

    /** Whether the leaf's match is not certainly contained in the root's. */
    static boolean conflict(Node root, Node leaf) {
      for (String field : STRINGS) {
        if (strings(root.get(field), leaf.get(field))) {
          return true;
        }
      }
      for (String field : MAPS) {
        for (String key : root.get(field).entries().keySet()) {
          if (strings(root.get(field).entry(key), leaf.get(field).entry(key))) {
            return true;
          }
        }
      }
      return selectors(root, leaf);
    }

    private static boolean selectors(Node root, Node leaf) {
      boolean ignoreCase = root.get("ignoreUriCase").flag(false);
      if (ignoreCase != leaf.get("ignoreUriCase").flag(false)) {
        return true;
      }
      if (root.has("port")
          && leaf.has("port")
          && root.get("port").integer(0) != leaf.get("port").integer(0)) {
        return true;
      }
      String namespace = root.get("sourceNamespace").text();
      if (!namespace.isEmpty() && !namespace.equals(leaf.get("sourceNamespace").text())) {
        return true;
      }
      Map<String, String> leafLabels = leaf.get("sourceLabels").texts();
      for (Map.Entry<String, String> label : root.get("sourceLabels").texts().entrySet()) {
        String other = leafLabels.get(label.getKey());
        if (other != null && !other.equals(label.getValue())) {
          return true;
        }
      }
      List<String> rootGateways = root.get("gateways").textItems();
      List<String> leafGateways = leaf.get("gateways").textItems();
      return !rootGateways.isEmpty()
          && !leafGateways.isEmpty()
          && !rootGateways.containsAll(leafGateways);
    }

    private static boolean strings(Node root, Node leaf) {
      if (Rules.isEmpty(root) || Rules.isEmpty(leaf)) {
        return false;
      }
      if (root.has("regex") || leaf.has("regex")) {
        return true;
      }
      String leafText = leaf.has("exact") ? leaf.get("exact").text() : leaf.get("prefix").text();
      if (root.has("exact")) {
        return !leaf.has("exact") || !leafText.equals(root.get("exact").text());
      }
      return !leafText.startsWith(root.get("prefix").text());
    }

    static Map<String, Object> merge(Node root, Node leaf) {
      Map<String, Object> merged = new LinkedHashMap<>(root.entries());
      merged.putAll(leaf.entries());
      for (String field :
          new String[] {"headers", "withoutHeaders", "queryParams", "sourceLabels"}) {
        Map<String, Object> both = new LinkedHashMap<>(root.get(field).entries());
        both.putAll(leaf.get(field).entries());
        if (!both.isEmpty()) {
          merged.put(field, both);
        }
      }
      String name = joined(root.get("name").text(), leaf.get("name").text());
      if (!name.isEmpty()) {
        merged.put("name", name);
      }
      return merged;
    }
  }
}
