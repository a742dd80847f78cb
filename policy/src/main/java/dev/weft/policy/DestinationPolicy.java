package dev.weft.policy;

import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The DestinationRules that hold for one host and one client, merged. Immutable. */
final class DestinationPolicy {

  static final DestinationPolicy NONE = new DestinationPolicy(Collections.emptyList());

  /** Oldest first. */
  final List<Rule> rules;

  /** The traffic policy of the oldest rule that has one; null when none has. */
  final @Nullable Node trafficPolicy;

  /** By name; of two with one name the older one. */
  final Map<String, Node> subsets = new LinkedHashMap<>();

  private DestinationPolicy(List<Rule> rules) {
    this.rules = rules;
    Node policy = null;
    for (Rule rule : rules) {
      Node own = rule.spec.get("trafficPolicy");
      if (policy == null && own.present()) {
        policy = own;
      }
      for (Node subset : rule.spec.get("subsets").items()) {
        subsets.putIfAbsent(subset.get("name").text(), subset);
      }
    }
    this.trafficPolicy = policy;
  }

  /**
   * Looks in the client's namespace, then in the service's, then in the root namespace, and stops
   * at the first that has a rule: a rule of the client hides those of the producer completely.
   *
   * @param serviceNamespace empty when the service is unknown
   */
  static DestinationPolicy find(
      PolicySet policies, String host, String serviceNamespace, Registration client) {
    String[] namespaces = {client.namespace(), serviceNamespace, policies.rootNamespace()};
    for (String namespace : namespaces) {
      HostIndex<Rule> rules = policies.rules.destinationRules.get(namespace);
      if (rules == null) {
        continue;
      }
      for (List<Rule> sameHost : rules.covering(host)) {
        List<Rule> chosen = choose(sameHost, client);
        if (!chosen.isEmpty()) {
          return new DestinationPolicy(chosen);
        }
      }
    }
    return NONE;
  }

  /** Rules that select the client come first and alone; others merge when exported alike. */
  private static List<Rule> choose(List<Rule> sameHost, Registration client) {
    List<Rule> merged = new ArrayList<>();
    for (Rule rule : sameHost) {
      if (rule.visibleFrom(client.namespace()) == Visibility.NONE) {
        continue;
      }
      Node selector = rule.spec.get("workloadSelector");
      if (!selector.present()) {
        if (merged.isEmpty() || exportedAlike(merged.get(0), rule)) {
          merged.add(rule);
        }
      } else if (rule.namespace.equals(client.namespace())
          && Rule.selects(selector.get("matchLabels").texts(), client.labels())) {
        merged.clear();
        merged.add(rule);
        return merged;
      }
    }
    return merged;
  }

  private static boolean exportedAlike(Rule a, Rule b) {
    return new HashSet<>(a.exportTo).equals(new HashSet<>(b.exportTo));
  }
}
