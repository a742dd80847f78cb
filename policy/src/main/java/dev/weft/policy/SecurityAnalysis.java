package dev.weft.policy;

import dev.weft.model.AttributeMatch;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import dev.weft.model.SourceMatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Do the security documents fit to the instances that there are, and to each other? */
final class SecurityAnalysis {

  private static final String[] IDENTITIES = {
    "principals", "namespaces", "serviceAccounts", "trustDomains"
  };

  private final PolicySet policies;
  private final Set<Finding> findings;

  /** Instances of a namespace by each of their labels; made when first asked for. */
  private final Map<String, Map<Map.Entry<String, String>, List<Registration>>> byLabel =
      new HashMap<>();

  SecurityAnalysis(PolicySet policies, Set<Finding> findings) {
    this.policies = policies;
    this.findings = findings;
  }

  /** A document of one of the security kinds. */
  void analyze(Rule rule) {
    List<Registration> selected = selected(rule);
    if (selected.isEmpty()) {
      nobody(rule);
    }
    switch (rule.document.kind()) {
      case "PeerAuthentication":
        peer(rule, selected);
        break;
      case "RequestAuthentication":
        request(rule, selected);
        break;
      default:
        authorization(rule, selected);
    }
  }

  // ---- whom it selects

  private List<Registration> selected(Rule rule) {
    Map<String, String> labels = WorkloadSelector.of(rule.spec);
    boolean ofMesh = rule.namespace.equals(policies.rootNamespace());
    boolean stays = "PeerAuthentication".equals(rule.document.kind()) && !labels.isEmpty();
    List<Registration> found = new ArrayList<>();
    for (Registration instance : candidates(ofMesh && !stays ? "" : rule.namespace, labels)) {
      if (Rule.selects(labels, instance.labels())) {
        found.add(instance);
      }
    }
    return found;
  }

  /**
   * Those that have the rarest of the labels: policies are many, and so are instances.
   *
   * @param namespace empty: all
   */
  private List<Registration> candidates(String namespace, Map<String, String> labels) {
    List<Registration> best =
        namespace.isEmpty() ? policies.instances.all : policies.instances.ofNamespace(namespace);
    if (labels.isEmpty()) {
      return best;
    }
    Map<Map.Entry<String, String>, List<Registration>> index = byLabel.get(namespace);
    if (index == null) {
      index = new HashMap<>();
      for (Registration instance : best) {
        for (Map.Entry<String, String> label : instance.labels().entrySet()) {
          index.computeIfAbsent(label, l -> new ArrayList<>()).add(instance);
        }
      }
      byLabel.put(namespace, index);
    }
    for (Map.Entry<String, String> label : labels.entrySet()) {
      List<Registration> having = index.getOrDefault(label, Collections.emptyList());
      if (having.size() < best.size()) {
        best = having;
      }
    }
    return best;
  }

  private void nobody(Rule rule) {
    Map<String, String> labels = WorkloadSelector.of(rule.spec);
    boolean ofMesh = rule.namespace.equals(policies.rootNamespace());
    if (!labels.isEmpty()) {
      boolean everywhere = ofMesh && !"PeerAuthentication".equals(rule.document.kind());
      warn(
          rule,
          "spec.selector.matchLabels",
          "IST0127",
          labels
              + ": no instance of "
              + (everywhere ? "the mesh" : "namespace " + rule.namespace)
              + " has these labels");
    } else if (!ofMesh) {
      warn(
          rule,
          "metadata.namespace",
          "IST0127",
          rule.namespace + ": no instance lives in this namespace");
    }
  }

  // ---- PeerAuthentication

  private void peer(Rule rule, List<Registration> selected) {
    if (WorkloadSelector.of(rule.spec).isEmpty()) {
      Rule oldest = policies.security.peers.ofNamespace(rule.namespace).get(0).rule;
      if (oldest != rule) {
        warn(rule, "", "", "is not asked: " + oldest.name() + " is older and holds for the same");
      }
      return;
    }
    for (Registration instance : selected) {
      Rule oldest =
          policies.security.peers.ofWorkload(rule.namespace, instance.labels()).get(0).rule;
      if (oldest != rule) {
        warn(
            rule,
            "",
            "",
            "is not asked for "
                + title(instance)
                + ": "
                + oldest.name()
                + " is older and selects it too");
        break;
      }
    }
    ports(rule, selected);
  }

  /** They are those of the workload, not of a service in front of it. */
  private void ports(Rule rule, List<Registration> selected) {
    Set<Integer> known = new TreeSet<>();
    for (Registration instance : selected) {
      instance.ports().forEach(port -> known.add(port.number()));
    }
    Node levels = rule.spec.get("portLevelMtls");
    for (String key :
        known.isEmpty() ? Collections.<String>emptySet() : levels.entries().keySet()) {
      if (!known.contains(PeerAuthentications.portNumber(key))) {
        warn(
            rule,
            levels.entry(key).path(),
            "",
            key + ": no workload that it selects has this port (they have: " + known + ")");
      }
    }
  }

  // ---- RequestAuthentication

  private void request(Rule rule, List<Registration> selected) {
    if (Rules.isEmpty(rule.spec.get("jwtRules"))) {
      return;
    }
    for (Registration instance : selected) {
      boolean asked = false;
      for (SecurityIndex.Selected each :
          policies.security.authorizations(instance.namespace(), instance.labels())) {
        asked |= each.authorization != null && asksForToken(each.authorization);
      }
      if (!asked) {
        warn(
            rule,
            "spec.jwtRules",
            "",
            "requests without any token are accepted by "
                + title(instance)
                + ": no AuthorizationPolicy of it asks for one (with requestPrincipals: [\"*\"])");
        return;
      }
    }
  }

  private static boolean asksForToken(AuthorizationPolicy policy) {
    boolean denies = policy.action() == AuthorizationPolicy.Action.DENY;
    if (policy.action() == AuthorizationPolicy.Action.CUSTOM) {
      return true; // Who is asked may ask for one.
    }
    if (policy.dryRun() || policy.action() == AuthorizationPolicy.Action.AUDIT) {
      return false;
    }
    for (AuthorizationRule rule : policy.rules()) {
      for (SourceMatch source : rule.from()) {
        if (!(denies ? source.notRequestPrincipals() : source.requestPrincipals()).isEmpty()) {
          return true;
        }
      }
      for (AttributeMatch when : rule.when()) {
        if (when.key().startsWith("request.auth.")
            && !(denies ? when.notValues() : when.values()).isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  // ---- AuthorizationPolicy

  private void authorization(Rule rule, List<Registration> selected) {
    Node provider = rule.spec.get("provider").get("name");
    if (provider.present() && !policies.externalAuthorizers().containsKey(provider.text())) {
      findings.add(
          new Finding(
              rule.key(),
              Problem.error(
                  provider.path(),
                  "IST0101",
                  provider.text()
                      + ": no external authorizer has this name; requests that match are"
                      + " denied")));
    }
    boolean denies = "DENY".equals(rule.spec.get("action").text());
    for (Node item : rule.spec.get("rules").items()) {
      for (Node from : item.get("from").items()) {
        for (String field : new String[] {"namespaces", "notNamespaces"}) {
          namespaces(rule, from.get("source").get(field));
        }
        for (String field : IDENTITIES) {
          identity(rule, from.get("source").get(field), denies, selected);
        }
      }
      for (Node when : item.get("when").items()) {
        if (AuthorizationValues.isOfCaller(when.get("key").text())) {
          identity(rule, when.get("values"), denies, selected);
        }
      }
    }
  }

  private void namespaces(Rule rule, Node list) {
    for (Node item : list.items()) {
      String pattern = item.text();
      boolean found = false;
      for (String namespace : policies.instances.namespaces()) {
        found |= matches(pattern, namespace);
      }
      if (!found) {
        warn(rule, item.path(), "IST0101", pattern + ": no instance lives in such a namespace");
      }
    }
  }

  private static boolean matches(String pattern, String text) {
    if (pattern.startsWith("*")) {
      return text.endsWith(pattern.substring(1));
    }
    return pattern.endsWith("*")
        ? text.startsWith(pattern.substring(0, pattern.length() - 1))
        : text.equals(pattern);
  }

  /** Whoever speaks plaintext has no identity that could be compared. */
  private void identity(Rule rule, Node list, boolean denies, List<Registration> selected) {
    if (Rules.isEmpty(list)) {
      return;
    }
    for (Registration instance : selected) {
      Set<MutualTls> modes = modes(instance);
      if (modes.equals(Collections.singleton(MutualTls.DISABLE))) {
        warn(
            rule,
            list.path(),
            "",
            "never matches at " + title(instance) + ": its mode of mutual TLS is DISABLE");
        return;
      }
      if (denies && modes.contains(MutualTls.PERMISSIVE)) {
        warn(
            rule,
            list.path(),
            "",
            "does not deny callers that speak plaintext, which "
                + title(instance)
                + " takes: its mode of mutual TLS is PERMISSIVE");
        return;
      }
    }
  }

  private Set<MutualTls> modes(Registration instance) {
    Set<MutualTls> modes = new TreeSet<>();
    for (Port port : instance.ports()) {
      modes.add(mode(instance, port.number()));
    }
    if (modes.isEmpty()) {
      modes.add(policies.security.peers.mode(instance.namespace(), instance.labels()));
    }
    return modes;
  }

  private MutualTls mode(Registration instance, int port) {
    return policies.security.peers.mode(instance.namespace(), instance.labels(), port);
  }

  // ---- DestinationRule

  /** Whether what a client is to do is what the instances of the service take. */
  void destinationRule(Rule rule, Service service) {
    policy(rule, rule.spec.get("trafficPolicy"), Collections.emptyMap(), service);
    for (Node subset : rule.spec.get("subsets").items()) {
      policy(rule, subset.get("trafficPolicy"), subset.get("labels").texts(), service);
    }
  }

  private void policy(Rule rule, Node policy, Map<String, String> labels, Service service) {
    tls(rule, policy.get("tls"), labels, service, 0);
    for (Node settings : policy.get("portLevelSettings").items()) {
      int port = settings.get("port").get("number").integer(0);
      tls(rule, settings.get("tls"), labels, service, port);
    }
  }

  /**
   * @param servicePort 0: all
   */
  private void tls(
      Rule rule, Node tls, Map<String, String> labels, Service service, int servicePort) {
    if (!tls.present()) {
      return;
    }
    String mode = tls.get("mode").text();
    for (Registration instance : service.instances) {
      for (Port port : instance.ports()) {
        boolean meant =
            Rule.selects(labels, instance.labels())
                && !port.tls()
                && (servicePort == 0
                    || port.number() == EndpointFinder.port(instance, service, servicePort));
        String why = meant ? conflict(mode, instance, port.number()) : null;
        if (why != null) {
          warn(
              rule,
              tls.path(),
              "IST0113",
              (mode.isEmpty() ? "DISABLE" : mode)
                  + ": requests to "
                  + title(instance)
                  + " port "
                  + port.number()
                  + " fail: "
                  + why);
          return;
        }
      }
    }
  }

  private @Nullable String conflict(String mode, Registration instance, int port) {
    MutualTls server = mode(instance, port);
    switch (mode) {
      case "ISTIO_MUTUAL":
        if (server == MutualTls.DISABLE) {
          return "its mode of mutual TLS is DISABLE";
        }
        return EndpointFinder.hasIdentity(instance.labels())
            ? null
            : "its agent has no identity of the mesh";
      case "MUTUAL": // The certificate may be one of the mesh.
        return null;
      default:
        return server == MutualTls.STRICT
            ? "it takes nothing but mutual TLS of the mesh (STRICT)"
            : null;
    }
  }

  // ---- what both say

  private static String title(Registration instance) {
    return instance.namespace()
        + "/"
        + (instance.workload().isEmpty() ? instance.service() : instance.workload());
  }

  private void warn(Rule rule, String path, String code, String message) {
    findings.add(new Finding(rule.key(), Problem.warning(path, code, message)));
  }
}
