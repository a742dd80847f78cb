package dev.weft.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The trust domain of the mesh and its aliases: a principal that a policy writes in one of them
 * means that principal in all of them. As Istio's trust domain bundle does it. Immutable.
 */
final class TrustDomains {

  /** Means the trust domain of the mesh, whatever its name. */
  private static final String LOCAL = "cluster.local";

  private static final int PARTS_OF_PRINCIPAL = 5;

  private final List<String> names;

  TrustDomains(String name, Collection<String> aliases) {
    Set<String> all = new LinkedHashSet<>();
    all.add(name);
    all.addAll(aliases);
    this.names = new ArrayList<>(all);
  }

  /** {@code <trust domain>/ns/<namespace>/sa/<account>}; what has another shape stays. */
  List<String> principals(List<String> principals) {
    List<String> expanded = new ArrayList<>(principals.size());
    for (String principal : principals) {
      String[] parts = principal.split("/", -1);
      boolean hasDomain = parts.length == PARTS_OF_PRINCIPAL && !"*".equals(parts[0]);
      if (hasDomain && (LOCAL.equals(parts[0]) || isOurs(parts[0]))) {
        expanded.addAll(inAll(principal, parts[0]));
      } else {
        expanded.add(principal);
      }
    }
    return expanded;
  }

  /** Names of trust domains as {@code source.trustDomains} has them. */
  List<String> domains(List<String> domains) {
    Set<String> expanded = new LinkedHashSet<>();
    for (String domain : domains) {
      if (names.contains(domain)) {
        expanded.addAll(names);
      } else {
        expanded.add(domain);
      }
    }
    return new ArrayList<>(expanded);
  }

  private Set<String> inAll(String principal, String domain) {
    Set<String> all = new LinkedHashSet<>();
    for (String name : names) {
      // A pattern that matches this name already, for example *-td, stays the pattern it is.
      all.add(isSuffix(domain, name) ? principal : name + principal.substring(domain.length()));
    }
    return all;
  }

  /** Either of the two may be the pattern. */
  private boolean isOurs(String domain) {
    for (String name : names) {
      if (name.equals(domain)
          || "*".equals(name)
          || isPrefix(domain, name)
          || isPrefix(name, domain)
          || isSuffix(domain, name)
          || isSuffix(name, domain)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPrefix(String pattern, String text) {
    return pattern.endsWith("*") && text.startsWith(pattern.substring(0, pattern.length() - 1));
  }

  private static boolean isSuffix(String pattern, String text) {
    return pattern.startsWith("*") && text.endsWith(pattern.substring(1));
  }
}
