package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.Discovery;
import dev.weft.control.core.InstanceRegistry;
import dev.weft.control.core.ResourceKey;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import dev.weft.policy.InboundResolution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What workloads do with requests that arrive, and why. Instances that cannot be told apart by
 * policy are one workload.
 */
final class InboundView {

  private final Discovery discovery;
  private final InstanceRegistry registry;

  InboundView(Discovery discovery, InstanceRegistry registry) {
    this.discovery = requireNonNull(discovery, "discovery");
    this.registry = requireNonNull(registry, "registry");
  }

  private record Workload(
      String namespace, String service, String serviceAccount, Map<String, String> labels) {}

  /** Of the service, one entry for each workload. */
  List<Object> of(String namespace, String service) {
    List<Object> answer = new ArrayList<>();
    workloads()
        .forEach(
            (workload, instances) -> {
              if (workload.namespace().equals(namespace) && workload.service().equals(service)) {
                answer.add(tree(workload, instances, discovery.inbound(instances.get(0))));
              }
            });
    return answer;
  }

  /** All workloads for which {@code resource} takes part, with what holds there. */
  List<Object> selectedBy(ResourceKey resource) {
    List<Object> answer = new ArrayList<>();
    workloads()
        .forEach(
            (workload, instances) -> {
              InboundResolution inbound = discovery.inbound(instances.get(0));
              if (inbound.sources().stream().anyMatch(each -> each.startsWith(resource + "@"))) {
                Map<String, Object> tree = tree(workload, instances, inbound);
                tree.remove("explanation");
                tree.remove("findings");
                answer.add(tree);
              }
            });
    return answer;
  }

  private Map<Workload, List<Registration>> workloads() {
    Map<Workload, List<Registration>> workloads = new LinkedHashMap<>();
    for (Registration instance : registry.instances()) {
      workloads
          .computeIfAbsent(
              new Workload(
                  instance.namespace(),
                  instance.service(),
                  instance.serviceAccount(),
                  instance.labels()),
              any -> new ArrayList<>())
          .add(instance);
    }
    return workloads;
  }

  private static Map<String, Object> tree(
      Workload workload, List<Registration> instances, InboundResolution inbound) {
    InboundPolicy policy = inbound.policy();
    Map<String, Object> ports = new LinkedHashMap<>();
    new TreeMap<>(policy.portMutualTls())
        .forEach((port, mode) -> ports.put(String.valueOf(port), mode.name()));
    List<String> findings = new ArrayList<>();
    inbound.findings().forEach(finding -> findings.add(finding.text()));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("namespace", workload.namespace());
    tree.put("service", workload.service());
    tree.put("serviceAccount", workload.serviceAccount());
    tree.put("labels", workload.labels());
    tree.put("instances", instances.stream().map(Registration::instanceId).toList());
    tree.put("mutualTls", policy.mutualTls().name());
    tree.put("portMutualTls", ports);
    tree.put("sources", List.copyOf(inbound.sources()));
    tree.put("explanation", inbound.explanation());
    tree.put("findings", findings);
    return tree;
  }
}
