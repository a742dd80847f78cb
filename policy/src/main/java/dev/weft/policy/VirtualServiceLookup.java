package dev.weft.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which VirtualService holds for a host, seen from a namespace. */
final class VirtualServiceLookup {

  /** The one that holds. */
  final Rule rule;

  /** Others that name the same host and are not asked. */
  final List<Rule> ignored;

  private VirtualServiceLookup(Rule rule, List<Rule> ignored) {
    this.rule = rule;
    this.ignored = ignored;
  }

  /**
   * The most specific host wins. Of several for it, one that only this namespace sees comes before
   * one that is exported to it by name, that before a public one; then the oldest. They are never
   * merged. Null when there is none.
   */
  static @Nullable VirtualServiceLookup find(PolicySet policies, String host, String namespace) {
    for (List<Rule> sameHost : policies.rules.virtualServices.covering(host)) {
      Rule best = null;
      List<Rule> visible = new ArrayList<>(sameHost.size());
      for (Rule rule : sameHost) {
        Visibility visibility = rule.visibleFrom(namespace);
        if (visibility == Visibility.NONE) {
          continue;
        }
        visible.add(rule);
        if (best == null || visibility.compareTo(best.visibleFrom(namespace)) < 0) {
          best = rule;
        }
      }
      if (best != null) {
        visible.remove(best);
        return new VirtualServiceLookup(best, visible);
      }
    }
    return null;
  }

  /** Whether it names {@code host} itself and not a wildcard that covers it. */
  boolean names(PolicySet policies, String host) {
    return policies.rules.virtualServices.exactly(host).contains(rule);
  }
}
