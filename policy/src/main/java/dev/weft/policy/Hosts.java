package dev.weft.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How names become the full names of services. */
final class Hosts {

  private final String suffix;

  /**
   * @param domainSuffix for example {@code cluster.local}
   */
  Hosts(String domainSuffix) {
    this.suffix = ".svc." + domainSuffix;
  }

  String ofService(String service, String namespace) {
    return (service + "." + namespace).toLowerCase(Locale.ROOT) + suffix;
  }

  /** Whether {@code host} is the full name of a service of the mesh. */
  boolean isOfMesh(String host) {
    return host.endsWith(suffix);
  }

  /** {@code namespace/service} of a full name of the mesh; empty for other names. */
  String serviceKey(String host) {
    if (!host.endsWith(suffix)) {
      return "";
    }
    String name = host.substring(0, host.length() - suffix.length());
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? "" : name.substring(dot + 1) + "/" + name.substring(0, dot);
  }

  /**
   * A host that a rule names: without any dot it is a service of the rule's namespace, all else
   * stays as it is ({@code reviews.prod} too).
   */
  String inRule(String host, String ruleNamespace) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.endsWith(".") && name.length() > 1) {
      name = name.substring(0, name.length() - 1);
    }
    return name.isEmpty() || "*".equals(name) || name.indexOf('.') >= 0 || Names.isIp(name)
        ? name
        : ofService(name, ruleNamespace);
  }

  /**
   * The full names that {@code host} can mean when an application of {@code namespace} writes it,
   * the one that wins first: {@code reviews}, {@code reviews.default}, {@code reviews.default.svc}.
   */
  List<String> asWritten(String host, String namespace) {
    List<String> names = new ArrayList<>(2);
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    if (!name.endsWith(suffix) && !Names.isIp(name)) {
      int dots = (int) name.chars().filter(c -> c == '.').count();
      if (dots == 0) {
        names.add(ofService(name, namespace));
      } else if (dots == 1) {
        names.add(name + suffix);
      } else if (dots == 2 && name.endsWith(".svc")) {
        names.add(name.substring(0, name.length() - ".svc".length()) + suffix);
      }
    }
    names.add(name);
    return names;
  }
}
