package dev.weft.policy;

import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Do the documents of a policy set fit together and to the instances that there are? Says what
 * Istio's analyzers say, under their codes, and which fields have no effect. A pure function;
 * stateless.
 */
public final class Analyzer {

  private final PolicySet policies;
  private final Services services;
  private final Set<Finding> findings = new LinkedHashSet<>();
  private final SecurityAnalysis security;

  private Analyzer(PolicySet policies) {
    this.policies = policies;
    this.services = new Services(policies);
    this.security = new SecurityAnalysis(policies, findings);
  }

  /** All that is to say, by resource, older resources first; no resource is changed by it. */
  public static List<Finding> analyze(PolicySet policies) {
    Analyzer analyzer = new Analyzer(policies);
    for (Rule rule : policies.rules.all) {
      analyzer.analyze(rule);
    }
    return new ArrayList<>(analyzer.findings);
  }

  private void analyze(Rule rule) {
    for (Problem problem : Validator.validate(rule.document)) {
      findings.add(new Finding(rule.key(), problem));
    }
    switch (rule.document.kind()) {
      case "VirtualService":
        virtualService(rule);
        break;
      case "DestinationRule":
        destinationRule(rule);
        break;
      case "ServiceEntry":
        serviceEntry(rule);
        break;
      case "AuthorizationPolicy":
      case "PeerAuthentication":
      case "RequestAuthentication":
        security.analyze(rule);
        break;
      default: // a WorkloadEntry refers to nothing
    }
  }

  // ---- VirtualService

  private void virtualService(Rule rule) {
    sameHost(rule);
    for (Node route : rule.spec.get("http").items()) {
      for (Node destination : route.get("route").items()) {
        destination(rule, destination.get("destination"));
      }
      delegate(rule, route.get("delegate"));
    }
  }

  private void delegate(Rule rule, Node delegate) {
    if (!delegate.present()) {
      return;
    }
    Delegates.Found found = Delegates.find(policies, rule, delegate);
    if (found.rule == null) {
      warn(rule, delegate, "IST0101", found.why);
    }
  }

  private void sameHost(Rule rule) {
    if (!VirtualServiceRules.inMesh(rule.spec.get("gateways"))) {
      return;
    }
    for (Node host : rule.spec.get("hosts").items()) {
      String name = policies.hosts.inRule(host.text(), rule.namespace);
      for (Rule older : policies.rules.virtualServices.exactly(name)) {
        if (older == rule) {
          break;
        }
        if (compete(older, rule)) {
          findings.add(
              new Finding(
                  rule.key(),
                  Problem.error(
                      host.path(),
                      "IST0109",
                      name
                          + ": is not asked for this host, "
                          + older.name()
                          + " is older and names it too (they are not merged)")));
          break;
        }
      }
    }
  }

  /** Whether some client sees both and prefers neither for being nearer to it. */
  private static boolean compete(Rule a, Rule b) {
    boolean publicA = a.exportTo.isEmpty() || a.exportTo.contains("*");
    boolean publicB = b.exportTo.isEmpty() || b.exportTo.contains("*");
    if (publicA || publicB) {
      return publicA && publicB;
    }
    if (a.exportTo.contains(".") && b.exportTo.contains(".")) {
      return a.namespace.equals(b.namespace);
    }
    Set<String> both = new HashSet<>(a.exportTo);
    both.retainAll(b.exportTo);
    return !both.isEmpty();
  }

  private void destination(Rule rule, Node destination) {
    Node hostNode = destination.get("host");
    String host = policies.hosts.inRule(hostNode.text(), rule.namespace);
    Service service = services.find(host, rule.namespace);
    if (service == null) {
      warn(rule, hostNode, "IST0101", host + ": no instance and no ServiceEntry has this name");
    } else {
      port(rule, destination, service);
      if (!hasEndpoints(service, Collections.emptyMap(), true)) {
        warn(rule, hostNode, "IST0127", host + ": none of its instances is ready");
      }
    }
    Node subset = destination.get("subset");
    DestinationPolicy policy =
        DestinationPolicy.find(
            policies, host, service == null ? "" : service.namespace, inNamespace(rule.namespace));
    if (!subset.text().isEmpty() && !policy.subsets.containsKey(subset.text())) {
      findings.add(
          new Finding(
              rule.key(),
              Problem.error(
                  subset.path(),
                  "IST0101",
                  subset.text() + ": no DestinationRule of " + host + " defines this subset")));
    }
  }

  private void port(Rule rule, Node destination, Service service) {
    int named = destination.get("port").get("number").integer(0);
    if (named == 0 && service.ports.size() > 1) {
      warn(
          rule,
          destination.get("port"),
          "IST0112",
          service.host + ": has " + service.ports.size() + " ports, name the one that is meant");
    } else if (named != 0 && !service.hasPort(named)) {
      findings.add(
          new Finding(
              rule.key(),
              Problem.error(
                  destination.get("port").get("number").path(),
                  "IST0101",
                  service.host + ": has no port " + named)));
    }
  }

  // ---- DestinationRule

  private void destinationRule(Rule rule) {
    Node hostNode = rule.spec.get("host");
    String host = policies.hosts.inRule(hostNode.text(), rule.namespace);
    selector(rule, rule.spec.get("workloadSelector").get("matchLabels"));
    if (host.startsWith("*")) {
      return;
    }
    Service service = services.find(host, rule.namespace);
    if (service == null) {
      warn(rule, hostNode, "IST0174", host + ": no instance and no ServiceEntry has this name");
      return;
    }
    security.destinationRule(rule, service);
    for (Node subset : rule.spec.get("subsets").items()) {
      Map<String, String> labels = subset.get("labels").texts();
      if (!labels.isEmpty() && !hasEndpoints(service, labels, false)) {
        warn(
            rule,
            subset,
            "IST0173",
            subset.get("name").text() + ": nothing of " + host + " has the labels " + labels);
      }
    }
  }

  private boolean hasEndpoints(Service service, Map<String, String> labels, boolean ready) {
    for (Registration instance : service.instances) {
      if ((!ready || instance.state() == Registration.State.READY)
          && Rule.selects(labels, instance.labels())) {
        return true;
      }
    }
    for (ServicePort port : service.ports) {
      if (!new EndpointFinder(policies)
          .find(service, port.number, labels, service.host)
          .isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private void selector(Rule rule, Node labels) {
    if (!labels.present()) {
      return;
    }
    for (Registration instance : policies.instances.ofNamespace(rule.namespace)) {
      if (Rule.selects(labels.texts(), instance.labels())) {
        return;
      }
    }
    warn(
        rule,
        labels,
        "IST0127",
        labels.texts() + ": no instance of namespace " + rule.namespace + " has these labels");
  }

  // ---- ServiceEntry

  private void serviceEntry(Rule rule) {
    Node labels = rule.spec.get("workloadSelector").get("labels");
    if (labels.present() && !selectsWorkload(rule, labels)) {
      selector(rule, labels);
    }
    for (Node host : rule.spec.get("hosts").items()) {
      protocols(rule, host);
    }
  }

  private boolean selectsWorkload(Rule rule, Node labels) {
    for (Rule entry : policies.rules.workloadEntries(rule.namespace)) {
      Map<String, String> own = new HashMap<>(entry.document.labels());
      own.putAll(entry.spec.get("labels").texts());
      if (Rule.selects(labels.texts(), own)) {
        return true;
      }
    }
    return false;
  }

  private void protocols(Rule rule, Node host) {
    List<Rule> sameHost =
        policies.rules.serviceEntries.exactly(host.text().toLowerCase(Locale.ROOT));
    for (Rule older : sameHost) {
      if (older == rule) {
        return;
      }
      if (!older.namespace.equals(rule.namespace)) {
        continue;
      }
      List<ServicePort> theirs = ServicePort.of(older.spec);
      for (ServicePort port : ServicePort.of(rule.spec)) {
        ServicePort other = ServicePort.find(theirs, port.number);
        if (other != null && !other.protocol.equals(port.protocol)) {
          warn(
              rule,
              rule.spec.get("ports"),
              "IST0177",
              host.text()
                  + ":"
                  + port.number
                  + " is "
                  + port.protocol
                  + " here and "
                  + other.protocol
                  + " in "
                  + older.title());
        }
      }
    }
  }

  private void warn(Rule rule, Node at, String code, String message) {
    findings.add(new Finding(rule.key(), Problem.warning(at.path(), code, message)));
  }

  /** Somebody of the namespace whom no selector knows. */
  private static Registration inNamespace(String namespace) {
    return Registration.builder().namespace(namespace).build();
  }
}
