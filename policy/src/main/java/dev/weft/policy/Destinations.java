package dev.weft.policy;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.Registration;
import dev.weft.model.Upstream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the routes of one table lead to, for one client: each destination becomes an
 * upstream with its policy and its endpoints. Lives for one resolution.
 */
final class Destinations {

  private final PolicySet policies;
  private final Registration client;
  private final String askedHost;
  private final Services services;
  private final Map<String, DestinationPolicy> rulesByHost = new LinkedHashMap<>();
  private final Map<String, Upstream> upstreams = new LinkedHashMap<>();
  private final List<Endpoints> endpoints = new ArrayList<>();
  private final Set<String> names = new LinkedHashSet<>();

  /** Which endpoints alone are wanted, and how their upstream is told apart; null: all. */
  private @Nullable Predicate<EndpointInfo> only;

  private String onlyName = "";

  final Set<String> sources = new LinkedHashSet<>();
  final List<String> explanation = new ArrayList<>();
  final List<Finding> findings = new ArrayList<>();

  /**
   * @param askedHost as the caller wrote it
   */
  Destinations(PolicySet policies, Registration client, String askedHost) {
    this.policies = policies;
    this.client = client;
    this.askedHost = askedHost;
    this.services = new Services(policies);
  }

  List<Upstream> upstreams() {
    return new ArrayList<>(upstreams.values());
  }

  List<Endpoints> endpoints() {
    return endpoints;
  }

  /** The service itself, where no route says otherwise. */
  String add(Service service, int port) {
    return add(service, service.host, "", port, null, null);
  }

  /** One endpoint of the service and no other. */
  String addInstance(Service service, int port, String address, int number) {
    only = endpoint -> endpoint.port() == number && endpoint.address().equals(address);
    onlyName = address + ":" + number;
    try {
      return add(service, port);
    } finally {
      only = null;
      onlyName = "";
    }
  }

  /**
   * A {@code destination} of a route.
   *
   * @param listener the port that the caller addressed
   * @return the name of its upstream, which is there unless the findings say why not
   */
  String add(Node destination, Rule virtualService, int listener) {
    String host = policies.hosts.inRule(destination.get("host").text(), virtualService.namespace);
    Service service = services.find(host, client.namespace());
    String subset = destination.get("subset").text();
    int named = destination.get("port").get("number").integer(0);
    if (service == null) {
      warn(
          virtualService,
          Problem.warning(
              destination.path() + ".host",
              "IST0101",
              host
                  + ": no instance and no ServiceEntry of this name is known; 503 until there is"));
      return add(null, host, subset, named == 0 ? listener : named, destination, virtualService);
    }
    int port = named == 0 ? service.defaultPort(listener) : named;
    if (port == 0 || !service.hasPort(port)) {
      String wanted = named == 0 ? "no port is named" : "has no port " + named;
      error(
          virtualService,
          destination.path() + ".port",
          "IST0112",
          host + ": " + wanted + " (its ports: " + portNumbers(service) + ")");
      return name(host, subset, port == 0 ? listener : port);
    }
    return add(service, host, subset, port, destination, virtualService);
  }

  private String add(
      @Nullable Service service,
      String host,
      String subset,
      int port,
      @Nullable Node destination,
      @Nullable Rule virtualService) {
    String name = name(host, subset.isEmpty() ? onlyName : subset, port);
    if (!names.add(name)) {
      return name;
    }
    DestinationPolicy policy = policy(host, service == null ? "" : service.namespace);
    Node subsetNode = policy.subsets.get(subset);
    if (!subset.isEmpty() && subsetNode == null) {
      if (destination != null && virtualService != null) {
        names.remove(name);
        error(
            virtualService,
            destination.path() + ".subset",
            "IST0101",
            subset + ": no DestinationRule of " + host + " defines this subset" + has(policy));
      }
      return name;
    }
    TrafficPolicies traffic = new TrafficPolicies();
    if (policy.trafficPolicy != null) {
      traffic.overlay(policy.trafficPolicy, port);
    }
    Map<String, String> labels = Collections.emptyMap();
    if (subsetNode != null) {
      traffic.overlay(subsetNode.get("trafficPolicy"), port);
      labels = subsetNode.get("labels").texts();
    }
    Upstream.Builder upstream =
        Upstream.builder()
            .name(name)
            .service(host)
            .serviceNamespace(service == null ? "" : service.namespace)
            .subset(subset)
            .port(service == null || service.declaresPorts() ? port : 0)
            .protocol(service == null ? "" : service.protocol(port))
            .subjectAltNames(service == null ? Collections.emptySet() : service.subjectAltNames());
    traffic.applyTo(upstream);
    upstreams.put(name, upstream.build());
    List<EndpointInfo> found =
        service == null
            ? new ArrayList<>()
            : new EndpointFinder(policies).find(service, port, labels, askedHost);
    Predicate<EndpointInfo> wanted = only;
    if (wanted != null) {
      found.removeIf(endpoint -> !wanted.test(endpoint));
    }
    endpoints.add(Endpoints.builder().name(name).endpoints(found).build());
    explain(name, service, policy, subset, labels, found);
    return name;
  }

  private static String name(String host, String subset, int port) {
    return "outbound|" + port + "|" + subset + "|" + host;
  }

  private DestinationPolicy policy(String host, String serviceNamespace) {
    return rulesByHost.computeIfAbsent(
        host, h -> DestinationPolicy.find(policies, h, serviceNamespace, client));
  }

  private void explain(
      String name,
      @Nullable Service service,
      DestinationPolicy policy,
      String subset,
      Map<String, String> labels,
      List<EndpointInfo> found) {
    StringBuilder line = new StringBuilder(name).append(": ").append(found.size());
    line.append(found.size() == 1 ? " endpoint" : " endpoints");
    if (!subset.isEmpty()) {
      line.append(" with labels ").append(labels);
    }
    long mutualTls = found.stream().filter(EndpointInfo::mutualTls).count();
    if (mutualTls > 0) {
      line.append(", ").append(mutualTls).append(" with mutual TLS");
    }
    if (service != null) {
      for (Rule entry : service.entries) {
        sources.add(entry.source());
        line.append(", ").append(entry.title());
      }
    }
    for (Rule rule : policy.rules) {
      sources.add(rule.source());
      line.append(", policy of ").append(rule.title());
    }
    explanation.add(line.toString());
  }

  private static String has(DestinationPolicy policy) {
    if (policy.rules.isEmpty()) {
      return " (there is no DestinationRule of it)";
    }
    return " ("
        + policy.rules.get(0).title()
        + " has: "
        + String.join(", ", policy.subsets.keySet())
        + ")";
  }

  private static String portNumbers(Service service) {
    List<String> numbers = new ArrayList<>();
    for (ServicePort port : service.ports) {
      numbers.add(String.valueOf(port.number));
    }
    return String.join(", ", numbers);
  }

  private void warn(Rule rule, Problem problem) {
    Finding finding = new Finding(rule.key(), problem);
    if (!findings.contains(finding)) {
      findings.add(finding);
      explanation.add(finding.text());
    }
  }

  private void error(Rule rule, String path, String code, String message) {
    warn(rule, Problem.error(path, code, message));
  }
}
