package dev.weft.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values by host name or wildcard name, found by the names that they cover. Names in lower case.
 */
final class HostIndex<V> {

  private final Map<String, List<V>> values = new HashMap<>();

  void add(String host, V value) {
    values.computeIfAbsent(host, h -> new ArrayList<>()).add(value);
  }

  /** In the order in which they were added. */
  List<V> exactly(String host) {
    return values.getOrDefault(host, Collections.emptyList());
  }

  /**
   * The values of each host that covers {@code host}, the most specific host first: itself, then
   * wildcards from the longest on, then {@code *}.
   */
  List<List<V>> covering(String host) {
    List<List<V>> found = new ArrayList<>(2);
    addIfThere(found, host);
    int dot = host.indexOf('.', host.startsWith("*.") ? 2 : 0);
    while (dot >= 0) {
      addIfThere(found, "*" + host.substring(dot));
      dot = host.indexOf('.', dot + 1);
    }
    if (!"*".equals(host)) {
      addIfThere(found, "*");
    }
    return found;
  }

  private void addIfThere(List<List<V>> found, String host) {
    List<V> there = values.get(host);
    if (there != null) {
      found.add(there);
    }
  }
}
