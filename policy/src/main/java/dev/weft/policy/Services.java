package dev.weft.policy;

import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which services there are, seen from a namespace. */
final class Services {

  private final PolicySet policies;

  Services(PolicySet policies) {
    this.policies = policies;
  }

  /**
   * The service that {@code host}, a full name, means to a client in {@code namespace}: one of its
   * own namespace first, then registered instances, then the oldest ServiceEntry. A ServiceEntry of
   * the namespace of the registered instances adds to them. Null when there is none.
   */
  @Nullable Service find(String host, String namespace) {
    String key = policies.hosts.serviceKey(host);
    List<Registration> instances =
        key.isEmpty() ? Collections.emptyList() : policies.instances.ofService(key);
    String home = instances.isEmpty() ? "" : key.substring(0, key.indexOf('/'));
    for (List<Rule> entries : policies.rules.serviceEntries.covering(host)) {
      List<Rule> visible = visible(entries, namespace);
      if (visible.isEmpty()) {
        continue;
      }
      String owner = owner(visible, namespace, home);
      boolean wildcard = policies.rules.serviceEntries.exactly(host).isEmpty();
      if (!home.isEmpty() && (wildcard || !owner.equals(namespace)) && !owner.equals(home)) {
        break;
      }
      return new Service(
          host,
          owner,
          owner.equals(home) ? instances : Collections.emptyList(),
          ofNamespace(visible, owner));
    }
    return instances.isEmpty() ? null : new Service(host, home, instances, Collections.emptyList());
  }

  private static String owner(List<Rule> visible, String client, String home) {
    String owner = visible.get(0).namespace;
    for (Rule entry : visible) {
      if (entry.namespace.equals(client)) {
        return client;
      }
      if (entry.namespace.equals(home)) {
        owner = home;
      }
    }
    return owner;
  }

  private static List<Rule> visible(List<Rule> entries, String namespace) {
    List<Rule> visible = new ArrayList<>(entries.size());
    for (Rule entry : entries) {
      if (entry.visibleFrom(namespace) != Visibility.NONE) {
        visible.add(entry);
      }
    }
    return visible;
  }

  private static List<Rule> ofNamespace(List<Rule> entries, String namespace) {
    List<Rule> own = new ArrayList<>(entries.size());
    for (Rule entry : entries) {
      if (entry.namespace.equals(namespace)) {
        own.add(entry);
      }
    }
    return own;
  }
}
