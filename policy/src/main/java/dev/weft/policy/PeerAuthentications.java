package dev.weft.policy;

import dev.weft.model.InboundPolicy.MutualTls;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which mode of mutual TLS holds for a workload: that of its port, else of the policy that selects
 * it, else of its namespace, else of the mesh, else PERMISSIVE; of several on one level the oldest.
 * Immutable once it is filled.
 */
final class PeerAuthentications {

  /** One PeerAuthentication. */
  static final class Policy {
    final Rule rule;

    /** Null: as the level above. */
    final @Nullable MutualTls mode;

    /** Null for a port: as the policy's workload. */
    final Map<Integer, @Nullable MutualTls> ports;

    /** What is wrong with it, so that it counts as STRICT; null when the validator takes it. */
    final @Nullable Problem refused;

    private Policy(
        Rule rule,
        @Nullable MutualTls mode,
        Map<Integer, @Nullable MutualTls> ports,
        @Nullable Problem refused) {
      this.rule = rule;
      this.mode = mode;
      this.ports = ports;
      this.refused = refused;
    }
  }

  private final String rootNamespace;
  private final Map<String, List<Policy>> ofNamespaces = new HashMap<>();
  private final SelectorIndex<Policy> ofWorkloads = new SelectorIndex<>();

  PeerAuthentications(String rootNamespace) {
    this.rootNamespace = rootNamespace;
  }

  /**
   * Older ones first.
   *
   * @param refused null when the validator takes it; otherwise what it selects is STRICT
   */
  void add(Rule rule, @Nullable Problem refused) {
    Policy policy =
        refused == null
            ? policy(rule)
            : new Policy(rule, MutualTls.STRICT, Collections.emptyMap(), refused);
    Map<String, String> selector = WorkloadSelector.of(rule.spec);
    if (selector.isEmpty()) {
      ofNamespaces.computeIfAbsent(rule.namespace, n -> new ArrayList<>()).add(policy);
    } else {
      ofWorkloads.add(rule.namespace, selector, policy);
    }
  }

  void freeze() {
    ofWorkloads.freeze();
  }

  /** Oldest first: that one holds. The namespace may be the root namespace. */
  List<Policy> ofNamespace(String namespace) {
    return ofNamespaces.getOrDefault(namespace, Collections.emptyList());
  }

  /** Oldest first: that one holds. */
  List<Policy> ofWorkload(String namespace, Map<String, String> labels) {
    return ofWorkloads.select(namespace, labels);
  }

  /** The mode of ports that have none of their own. */
  MutualTls mode(String namespace, Map<String, String> labels) {
    return mode(namespace, ofWorkload(namespace, labels));
  }

  /**
   * @param port of the workload
   */
  MutualTls mode(String namespace, Map<String, String> labels, int port) {
    List<Policy> own = ofWorkload(namespace, labels);
    MutualTls ofPort = own.isEmpty() ? null : own.get(0).ports.get(port);
    return ofPort == null ? mode(namespace, own) : ofPort;
  }

  private MutualTls mode(String namespace, List<Policy> own) {
    MutualTls mode = own.isEmpty() ? null : own.get(0).mode;
    if (mode == null) {
      mode = modeOfNamespace(namespace);
    }
    if (mode == null) {
      mode = modeOfNamespace(rootNamespace);
    }
    return mode == null ? MutualTls.PERMISSIVE : mode;
  }

  private @Nullable MutualTls modeOfNamespace(String namespace) {
    List<Policy> policies = ofNamespace(namespace);
    return policies.isEmpty() ? null : policies.get(0).mode;
  }

  private static Policy policy(Rule rule) {
    Map<Integer, @Nullable MutualTls> ports = new LinkedHashMap<>();
    Node levels = rule.spec.get("portLevelMtls");
    for (String key : levels.entries().keySet()) {
      int port = portNumber(key);
      if (port > 0) {
        ports.put(port, mode(levels.entry(key).get("mode").text()));
      }
    }
    return new Policy(rule, mode(rule.spec.get("mtls").get("mode").text()), ports, null);
  }

  /** 0: none. */
  static int portNumber(String text) {
    boolean digits =
        !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int number = digits && text.charAt(0) != '0' ? Integer.parseInt(text) : 0;
    return number <= 65_535 ? number : 0;
  }

  private static @Nullable MutualTls mode(String mode) {
    switch (mode.toUpperCase(Locale.ROOT)) {
      case "DISABLE":
        return MutualTls.DISABLE;
      case "PERMISSIVE":
        return MutualTls.PERMISSIVE;
      case "STRICT":
        return MutualTls.STRICT;
      default:
        return null;
    }
  }
}
