package dev.weft.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The documents of a policy set, found by host, namespace or name; older ones first. Immutable. */
final class DocumentIndex {

  final List<Rule> all = new ArrayList<>();

  /** In the mesh, that is: not for gateways alone. By the hosts that they name. */
  final HostIndex<Rule> virtualServices = new HostIndex<>();

  /** All of them, delegates too, by {@code namespace/name}. */
  final Map<String, Rule> virtualServicesByName = new HashMap<>();

  /** By namespace, then by host. */
  final Map<String, HostIndex<Rule>> destinationRules = new HashMap<>();

  final HostIndex<Rule> serviceEntries = new HostIndex<>();

  /** Hosts of ServiceEntries by their single addresses. */
  final Map<String, String> hostsByAddress = new HashMap<>();

  private final Map<Integer, List<Rule>> serviceEntriesByPort = new HashMap<>();

  /** By the addresses of their own endpoints. */
  private final Map<String, List<Rule>> serviceEntriesByEndpoint = new HashMap<>();

  /** Namespaces of the WorkloadEntries that have an address. */
  private final Map<String, Set<String>> workloadNamespaces = new HashMap<>();

  /** PeerAuthentications, RequestAuthentications and AuthorizationPolicies. */
  final List<Rule> security = new ArrayList<>();

  private final Map<String, List<Rule>> workloadEntries = new HashMap<>();

  DocumentIndex(Collection<Document> documents, Hosts hosts, String defaultNamespace) {
    for (Document document : documents) {
      Kind kind = Kind.find(document.group(), document.kind());
      if (kind != null && kind.supported()) {
        String namespace = document.namespace();
        all.add(new Rule(document, namespace.isEmpty() ? defaultNamespace : namespace));
      }
    }
    all.sort(
        Comparator.comparing((Rule rule) -> rule.document.creationTimestamp())
            .thenComparing(rule -> rule.document.name())
            .thenComparing(rule -> rule.namespace));
    for (Rule rule : all) {
      add(rule, hosts);
    }
  }

  List<Rule> workloadEntries(String namespace) {
    return workloadEntries.getOrDefault(namespace, Collections.emptyList());
  }

  /** Those that declare the port. */
  List<Rule> serviceEntriesOfPort(int port) {
    return serviceEntriesByPort.getOrDefault(port, Collections.emptyList());
  }

  /**
   * Those that may have an endpoint of that address: they list it, or select among the
   * WorkloadEntries of a namespace that has one.
   */
  List<Rule> serviceEntriesOfAddress(String address) {
    List<Rule> entries = new ArrayList<>();
    entries.addAll(serviceEntriesByEndpoint.getOrDefault(address, Collections.emptyList()));
    Set<String> namespaces = workloadNamespaces.getOrDefault(address, Collections.emptySet());
    if (!namespaces.isEmpty()) {
      for (Rule rule : all) {
        if (rule.document.kind().equals("ServiceEntry")
            && namespaces.contains(rule.namespace)
            && rule.spec.has("workloadSelector")) {
          entries.add(rule);
        }
      }
    }
    return entries;
  }

  private void add(Rule rule, Hosts hosts) {
    switch (rule.document.kind()) {
      case "VirtualService":
        virtualServicesByName.put(rule.name(), rule);
        if (VirtualServiceRules.inMesh(rule.spec.get("gateways"))) {
          for (String host : rule.spec.get("hosts").textItems()) {
            virtualServices.add(hosts.inRule(host, rule.namespace), rule);
          }
        }
        break;
      case "DestinationRule":
        destinationRules
            .computeIfAbsent(rule.namespace, namespace -> new HostIndex<>())
            .add(hosts.inRule(rule.spec.get("host").text(), rule.namespace), rule);
        break;
      case "ServiceEntry":
        addServiceEntry(rule);
        break;
      case "AuthorizationPolicy":
      case "PeerAuthentication":
      case "RequestAuthentication":
        security.add(rule);
        break;
      default:
        workloadEntries.computeIfAbsent(rule.namespace, n -> new ArrayList<>()).add(rule);
        workloadNamespaces
            .computeIfAbsent(rule.spec.get("address").text(), address -> new HashSet<>(1))
            .add(rule.namespace);
    }
  }

  private void addServiceEntry(Rule rule) {
    List<String> names = new ArrayList<>();
    for (String host : rule.spec.get("hosts").textItems()) {
      String name = host.toLowerCase(Locale.ROOT);
      names.add(name);
      serviceEntries.add(name, rule);
    }
    for (ServicePort port : ServicePort.of(rule.spec)) {
      serviceEntriesByPort.computeIfAbsent(port.number, number -> new ArrayList<>(1)).add(rule);
    }
    for (Node endpoint : rule.spec.get("endpoints").items()) {
      serviceEntriesByEndpoint
          .computeIfAbsent(endpoint.get("address").text(), address -> new ArrayList<>(1))
          .add(rule);
    }
    for (String address : rule.spec.get("addresses").textItems()) {
      if (!names.isEmpty() && address.indexOf('/') < 0) {
        hostsByAddress.putIfAbsent(address, names.get(0));
      }
    }
  }
}
