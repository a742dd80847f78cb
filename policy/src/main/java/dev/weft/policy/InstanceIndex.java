package dev.weft.policy;

import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Registered instances by service and by namespace, in the order of their ids. Immutable. */
final class InstanceIndex {

  final List<Registration> all;
  private final Map<String, List<Registration>> byService = new HashMap<>();
  private final Map<String, List<Registration>> byNamespace = new HashMap<>();
  private final Map<String, List<Registration>> byAddress = new HashMap<>();

  InstanceIndex(Collection<Registration> instances) {
    List<Registration> sorted = new ArrayList<>(instances);
    sorted.sort(Comparator.comparing(Registration::instanceId));
    all = Collections.unmodifiableList(sorted);
    for (Registration instance : sorted) {
      if (!instance.service().isEmpty()) {
        byService
            .computeIfAbsent(
                instance.namespace() + "/" + instance.service().toLowerCase(Locale.ROOT),
                key -> new ArrayList<>())
            .add(instance);
      }
      byNamespace.computeIfAbsent(instance.namespace(), key -> new ArrayList<>()).add(instance);
      byAddress.computeIfAbsent(instance.address(), key -> new ArrayList<>(1)).add(instance);
    }
  }

  /**
   * @param key {@code namespace/service}
   */
  List<Registration> ofService(String key) {
    return byService.getOrDefault(key, Collections.emptyList());
  }

  List<Registration> ofAddress(String address) {
    return byAddress.getOrDefault(address, Collections.emptyList());
  }

  /** Those that somebody lives in. */
  Set<String> namespaces() {
    return byNamespace.keySet();
  }

  List<Registration> ofNamespace(String namespace) {
    return byNamespace.getOrDefault(namespace, Collections.emptyList());
  }
}
