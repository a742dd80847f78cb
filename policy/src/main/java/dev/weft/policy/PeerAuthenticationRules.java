package dev.weft.policy;

/** The rules of Istio's webhook for a PeerAuthentication. */
final class PeerAuthenticationRules {

  private final Rules rules;

  PeerAuthenticationRules(Rules rules) {
    this.rules = rules;
  }

  void check(Node spec) {
    WorkloadSelector.check(spec, rules);
    Node ports = spec.get("portLevelMtls");
    if (!ports.present()) {
      return;
    }
    if (ports.entries().isEmpty()) {
      rules.error(ports, "names no port (expected: at least one, or no portLevelMtls)");
    } else if (Rules.isEmpty(spec.get("selector").get("matchLabels"))) {
      rules.error(
          ports, "is set without selector (expected: a selector: ports are those of a workload)");
    }
    for (String key : ports.entries().keySet()) {
      if (PeerAuthentications.portNumber(key) == 0) {
        rules.error(
            ports.entry(key),
            Trees.brief(key) + " (expected: a port number of the workload, 1 to 65535)");
      }
    }
  }
}
