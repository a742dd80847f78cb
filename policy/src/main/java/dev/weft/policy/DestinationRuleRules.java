package dev.weft.policy;

import java.util.HashSet;
import java.util.Set;

/** The rules of Istio's webhook for a DestinationRule. */
final class DestinationRuleRules {

  private final Rules rules;

  DestinationRuleRules(Rules rules) {
    this.rules = rules;
  }

  void check(Node spec) {
    Node host = spec.get("host");
    if (Rules.isEmpty(host)) {
      rules.missing(host, "the name of a service");
    } else {
      rules.host(host, true);
    }
    rules.exportTo(spec.get("exportTo"));
    policy(spec.get("trafficPolicy"), true);
    Set<String> names = new HashSet<>();
    for (Node subset : spec.get("subsets").items()) {
      subset(subset, names);
    }
  }

  private void subset(Node subset, Set<String> names) {
    Node name = subset.get("name");
    if (Rules.isEmpty(name)) {
      rules.missing(name, "the name of the subset");
    } else if (name.isText() && !Names.isDnsLabel(name.value())) {
      rules.wrong(name, "lower-case letters, digits and -, at most 63 characters");
    } else if (name.isText() && !names.add(name.text())) {
      rules.error(name, Trees.brief(name.value()) + ": duplicate subset");
    }
    policy(subset.get("trafficPolicy"), true);
  }

  private void policy(Node policy, boolean hasPorts) {
    if (!policy.present()) {
      return;
    }
    loadBalancer(policy.get("loadBalancer"));
    new TlsRules(rules).check(policy.get("tls"));
    outlierDetection(policy.get("outlierDetection"));
    if (!hasPorts) {
      return;
    }
    Set<Integer> ports = new HashSet<>();
    for (Node settings : policy.get("portLevelSettings").items()) {
      Node number = settings.get("port").get("number");
      if (!number.present()) {
        rules.missing(number, "a port number, 1 to 65535");
      } else if (!ports.add(number.integer(0))) {
        rules.error(number, number.text() + ": duplicate port");
      }
      policy(settings, false);
    }
  }

  private void loadBalancer(Node balancer) {
    if ("PASSTHROUGH".equals(balancer.get("simple").text())) {
      rules.noEffect(
          balancer.get("simple"), "no original address is known here; LEAST_REQUEST is used");
    }
    Node locality = balancer.get("localityLbSetting");
    if (locality.has("distribute")
        && (locality.has("failover") || locality.has("failoverPriority"))) {
      rules.error(
          locality,
          "distribute and failover are both set (expected: only one of distribute, failover,"
              + " failoverPriority)");
    }
    for (Node distribute : locality.get("distribute").items()) {
      Node to = distribute.get("to");
      int sum = 0;
      for (String key : to.entries().keySet()) {
        sum += to.entry(key).integer(0);
      }
      if (sum != 100) {
        rules.error(to, "percentages sum to " + sum + " (expected: 100)");
      }
    }
  }

  private void outlierDetection(Node detection) {
    if (detection.has("consecutiveErrors")) {
      rules.warning(
          detection.get("consecutiveErrors"),
          "is deprecated and ignored by Istio (use consecutive5xxErrors)");
    }
    if (detection.has("consecutiveLocalOriginFailures")
        && !detection.get("splitExternalLocalOriginErrors").flag(false)) {
      rules.noEffect(
          detection.get("consecutiveLocalOriginFailures"),
          "splitExternalLocalOriginErrors is not true");
    }
  }
}
