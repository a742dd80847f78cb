package dev.weft.policy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The rules of Istio's webhook for ServiceEntry and WorkloadEntry. */
final class ServiceEntryRules {

  private static final List<String> PROTOCOLS =
      Arrays.asList(
          "HTTP",
          "HTTPS",
          "GRPC",
          "GRPC-WEB",
          "GRPC-WEB-TEXT",
          "HTTP2",
          "TCP",
          "TLS",
          "UDP",
          "MONGO",
          "REDIS",
          "MYSQL",
          "HTTP_PROXY",
          "HBONE");

  private final Rules rules;

  ServiceEntryRules(Rules rules) {
    this.rules = rules;
  }

  void check(Node spec) {
    String resolution = spec.get("resolution").text();
    if (resolution.isEmpty()) {
      resolution = "NONE";
    }
    hosts(spec.get("hosts"), resolution);
    addresses(spec.get("addresses"), resolution);
    Set<String> portNames = ports(spec.get("ports"));
    rules.exportTo(spec.get("exportTo"));
    endpoints(spec, resolution, portNames);
  }

  private void hosts(Node hosts, String resolution) {
    if (Rules.isEmpty(hosts)) {
      rules.missing(hosts, "at least one host");
    }
    for (Node host : hosts.items()) {
      if ("*".equals(host.text())) {
        rules.wrong(host, "a host name; * alone is not allowed");
        continue;
      }
      rules.host(host, true);
      if (host.text().startsWith("*.")
          && !"NONE".equals(resolution)
          && !"DYNAMIC_DNS".equals(resolution)) {
        rules.error(
            host,
            host.text() + " with resolution " + resolution + " (expected: NONE or DYNAMIC_DNS)");
      }
    }
    rules.noDuplicates(hosts, "host");
  }

  private void addresses(Node addresses, String resolution) {
    for (Node address : addresses.items()) {
      String text = address.text();
      int slash = text.indexOf('/');
      if (address.isText() && !Names.isIp(slash < 0 ? text : text.substring(0, slash))) {
        rules.wrong(address, "an IP address or a CIDR range");
      } else if (slash >= 0) {
        if (!"NONE".equals(resolution) && !"STATIC".equals(resolution)) {
          rules.error(address, text + " (expected: a range only with resolution NONE or STATIC)");
        }
        rules.noEffect(address, "requests are known by host name or single address");
      }
    }
  }

  private Set<String> ports(Node ports) {
    Set<String> names = new HashSet<>();
    Set<Integer> numbers = new HashSet<>();
    if (Rules.isEmpty(ports)) {
      rules.missing(ports, "at least one port");
    }
    for (Node port : ports.items()) {
      Node name = port.get("name");
      Node number = port.get("number");
      if (Rules.isEmpty(name)) {
        rules.missing(name, "a name, unique among the ports");
      } else if (name.isText() && !Names.isDnsLabel(name.value())) {
        rules.wrong(name, "lower-case letters, digits and -, at most 63 characters");
      } else if (!names.add(name.text())) {
        rules.error(name, Trees.brief(name.value()) + ": duplicate port name");
      }
      if (!number.present()) {
        rules.missing(number, "a port number, 1 to 65535");
      } else if (!numbers.add(number.integer(0))) {
        rules.error(number, number.text() + ": duplicate port");
      }
      Node protocol = port.get("protocol");
      if (protocol.isText() && !PROTOCOLS.contains(protocol.text().toUpperCase(Locale.ROOT))) {
        rules.wrong(protocol, "one of " + String.join(", ", PROTOCOLS));
      }
    }
    return names;
  }

  private void endpoints(Node spec, String resolution, Set<String> portNames) {
    Node endpoints = spec.get("endpoints");
    boolean listed = !Rules.isEmpty(endpoints);
    boolean selected = spec.has("workloadSelector");
    if (listed && selected) {
      rules.error(spec, "endpoints and workloadSelector are both set (expected: only one of them)");
    }
    if (listed && ("NONE".equals(resolution) || "DYNAMIC_DNS".equals(resolution))) {
      rules.error(endpoints, "are listed with resolution " + resolution + " (expected: none)");
    }
    if (selected && ("NONE".equals(resolution) || "DYNAMIC_DNS".equals(resolution))) {
      rules.error(
          spec.get("workloadSelector"),
          "is set with resolution " + resolution + " (expected: STATIC or DNS)");
    }
    if ("STATIC".equals(resolution) && !listed && !selected) {
      rules.missing(endpoints, "endpoints or workloadSelector, as resolution is STATIC");
    }
    if ("DNS".equals(resolution) && !listed && !selected) {
      for (Node host : spec.get("hosts").items()) {
        if (Names.isIp(host.text())) {
          rules.wrong(host, "a name that DNS can resolve");
        }
      }
    }
    if ("DNS_ROUND_ROBIN".equals(resolution) && endpoints.items().size() > 1) {
      rules.error(endpoints, "has " + endpoints.items().size() + " endpoints (expected: one)");
    }
    for (Node endpoint : endpoints.items()) {
      workload(endpoint, !resolution.startsWith("DNS") && !"STATIC".equals(resolution));
      staticAddress(endpoint.get("address"), resolution);
      Node ports = endpoint.get("ports");
      for (String name : ports.entries().keySet()) {
        if (!portNames.contains(name)) {
          rules.error(ports.entry(name), "names no port of the service");
        }
      }
    }
  }

  private void staticAddress(Node address, String resolution) {
    String text = address.text();
    if ("STATIC".equals(resolution)
        && !text.isEmpty()
        && !text.startsWith("unix://")
        && !Names.isIp(text)) {
      rules.wrong(address, "an IP address, as resolution is STATIC");
    }
  }

  /** A WorkloadEntry, or one endpoint of a ServiceEntry. */
  void workload(Node workload, boolean addressOptional) {
    Node address = workload.get("address");
    String text = address.text();
    if (Rules.isEmpty(address)) {
      if (!addressOptional || Rules.isEmpty(workload.get("network"))) {
        rules.missing(address, "an IP address or a host name");
      }
    } else if (text.startsWith("unix://")) {
      rules.noEffect(address, "requests cannot be sent to a Unix socket");
      if (!Rules.isEmpty(workload.get("ports"))) {
        rules.error(workload.get("ports"), "are set for a Unix socket (expected: none)");
      }
    } else if (address.isText() && !Names.isIp(text) && !Names.isHostName(text)) {
      rules.wrong(address, "an IP address or a host name");
    }
    Node ports = workload.get("ports");
    for (String name : ports.entries().keySet()) {
      if (!Names.isDnsLabel(name)) {
        rules.error(ports.entry(name), Trees.brief(name) + " (expected: the name of a port)");
      }
    }
  }
}
