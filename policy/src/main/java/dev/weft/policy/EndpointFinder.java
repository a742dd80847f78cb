package dev.weft.policy;

import dev.weft.model.EndpointInfo;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The endpoints of a service, from registered instances, WorkloadEntries and ServiceEntries. */
final class EndpointFinder {

  /** Set by agents that have an identity. */
  private static final String TLS_MODE = "security.istio.io/tlsMode";

  private final PolicySet policies;

  EndpointFinder(PolicySet policies) {
    this.policies = policies;
  }

  /**
   * @param port the service port, or what the caller addressed where the service declares none
   * @param labels what an endpoint has to have; empty: all
   * @param asked the host that the caller wrote, for services whose endpoints are the host itself
   */
  List<EndpointInfo> find(Service service, int port, Map<String, String> labels, String asked) {
    Set<String> seen = new HashSet<>();
    List<EndpointInfo> found = new ArrayList<>();
    for (Registration instance : service.instances) {
      if (Rule.selects(labels, instance.labels())) {
        add(instance, port(instance, service, port), found, seen);
      }
    }
    for (Rule entry : service.entries) {
      ServicePort own = ServicePort.find(ServicePort.of(entry.spec), port);
      if (own != null) {
        add(entry, own, service, labels, asked, found, seen);
      }
    }
    return found;
  }

  private void add(
      Rule entry,
      ServicePort port,
      Service service,
      Map<String, String> labels,
      String asked,
      List<EndpointInfo> found,
      Set<String> seen) {
    String resolution = Service.resolution(entry);
    Node listed = entry.spec.get("endpoints");
    if (entry.spec.has("workloadSelector")) {
      Map<String, String> selector = entry.spec.get("workloadSelector").get("labels").texts();
      addSelected(entry.namespace, selector, labels, port, found, seen);
    } else if ("STATIC".equals(resolution) || !Rules.isEmpty(listed)) {
      for (Node endpoint : listed.items()) {
        Map<String, String> own = endpoint.get("labels").texts();
        if (Rule.selects(labels, own)) {
          add(workload(endpoint, own, port, entry.namespace, ""), found, seen);
        }
      }
    } else if (labels.isEmpty()) {
      // DNS without endpoints: the name itself is resolved. NONE: the caller's address stays.
      String address =
          service.host.startsWith("*") || !"DNS".equals(resolution) ? asked : service.host;
      add(
          EndpointInfo.builder()
              .address(address)
              .port(port.targetPort == 0 ? port.number : port.targetPort)
              .namespace(entry.namespace)
              .build(),
          found,
          seen);
    }
  }

  private void addSelected(
      String namespace,
      Map<String, String> selector,
      Map<String, String> labels,
      ServicePort port,
      List<EndpointInfo> found,
      Set<String> seen) {
    for (Rule entry : policies.rules.workloadEntries(namespace)) {
      Map<String, String> own = new LinkedHashMap<>(entry.document.labels());
      own.putAll(entry.spec.get("labels").texts());
      if (Rule.selects(selector, own) && Rule.selects(labels, own)) {
        add(workload(entry.spec, own, port, namespace, entry.document.name()), found, seen);
      }
    }
    for (Registration instance : policies.instances.ofNamespace(namespace)) {
      if (Rule.selects(selector, instance.labels()) && Rule.selects(labels, instance.labels())) {
        int number = port.targetPort > 0 ? port.targetPort : ownPort(instance, port.number);
        add(instance, number, found, seen);
      }
    }
  }

  private static void add(EndpointInfo endpoint, List<EndpointInfo> found, Set<String> seen) {
    boolean reachable = !endpoint.address().isEmpty() && !endpoint.address().startsWith("unix:");
    if (reachable && seen.add(endpoint.address() + " " + endpoint.port())) {
      found.add(endpoint);
    }
  }

  private void add(Registration instance, int number, List<EndpointInfo> found, Set<String> seen) {
    if (instance.state() != Registration.State.READY || number == 0) {
      return;
    }
    Map<String, String> labels = instance.labels();
    String workload = instance.workload().isEmpty() ? instance.service() : instance.workload();
    add(
        EndpointInfo.builder()
            .address(instance.address())
            .port(number)
            .workload(workload)
            .namespace(instance.namespace())
            .canonicalService(canonicalService(labels, workload))
            .canonicalRevision(canonicalRevision(labels))
            .identity(identity(instance.namespace(), instance.serviceAccount()))
            .mutualTls(
                !isApplicationTls(instance, number)
                    && mutualTls(instance.namespace(), labels, number))
            .locality(instance.locality())
            .build(),
        found,
        seen);
  }

  /**
   * The port of the instance that a request to {@code addressed} goes to: the very one, when the
   * instance opened it; else its first one that speaks HTTP, with TLS of the application where the
   * caller addressed the port of https. 0: none.
   */
  private static int ownPort(Registration instance, int addressed) {
    int first = 0;
    for (Port port : instance.ports()) {
      if (port.number() == addressed) {
        return addressed;
      }
      if (first == 0 && port.tls() == (addressed == 443)) {
        first = port.number();
      }
    }
    return first;
  }

  private EndpointInfo workload(
      Node workload, Map<String, String> labels, ServicePort port, String namespace, String name) {
    int number = workload.get("ports").entry(port.name).integer(0);
    if (number == 0) {
      number = port.targetPort == 0 ? port.number : port.targetPort;
    }
    String account = workload.get("serviceAccount").text();
    return EndpointInfo.builder()
        .address(workload.get("address").text())
        .port(number)
        .weight(Math.max(1, workload.get("weight").integer(1)))
        .workload(name)
        .namespace(namespace)
        .canonicalService(canonicalService(labels, name))
        .canonicalRevision(canonicalRevision(labels))
        .identity(account.isEmpty() ? "" : identity(namespace, account))
        .mutualTls(mutualTls(namespace, labels, number))
        .locality(workload.get("locality").text())
        .build();
  }

  /** Whether an agent is there that takes mutual TLS of the mesh on this port. */
  private boolean mutualTls(String namespace, Map<String, String> labels, int port) {
    return hasIdentity(labels)
        && policies.security.peers.mode(namespace, labels, port) != MutualTls.DISABLE;
  }

  static boolean hasIdentity(Map<String, String> labels) {
    return "istio".equals(labels.get(TLS_MODE));
  }

  /** The port of the instance that requests to this port of the service go to; 0: none. */
  static int port(Registration instance, Service service, int servicePort) {
    ServicePort declared = ServicePort.find(service.ports, servicePort);
    int target = declared == null ? 0 : declared.targetPort;
    return target > 0 ? target : ownPort(instance, servicePort);
  }

  /** Such a port is left to the application. */
  private static boolean isApplicationTls(Registration instance, int number) {
    for (Port port : instance.ports()) {
      if (port.number() == number) {
        return port.tls();
      }
    }
    return false;
  }

  private String identity(String namespace, String serviceAccount) {
    return "spiffe://"
        + policies.trustDomain()
        + "/ns/"
        + namespace
        + "/sa/"
        + (serviceAccount.isEmpty() ? "default" : serviceAccount);
  }

  private static String canonicalService(Map<String, String> labels, String workload) {
    return first(
        labels, workload, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app");
  }

  private static String canonicalRevision(Map<String, String> labels) {
    return first(
        labels,
        "latest",
        "service.istio.io/canonical-revision",
        "app.kubernetes.io/version",
        "version");
  }

  private static String first(Map<String, String> labels, String otherwise, String... keys) {
    for (String key : keys) {
      String value = labels.get(key);
      if (value != null && !value.isEmpty()) {
        return value;
      }
    }
    return otherwise;
  }
}
