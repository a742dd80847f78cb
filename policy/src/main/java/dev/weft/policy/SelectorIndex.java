package dev.weft.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values by the labels that they select in a namespace, found by the labels of a workload. What one
 * look-up costs grows with the labels of the workload and not with the number of values: a value is
 * kept under the rarest label of its selector. Immutable once it is filled.
 */
final class SelectorIndex<V> {

  private final Map<String, List<Entry<V>>> namespaces = new HashMap<>();
  private final Map<String, OfNamespace<V>> indexed = new HashMap<>();

  /**
   * @param selector empty: every workload of the namespace
   */
  void add(String namespace, Map<String, String> selector, V value) {
    List<Entry<V>> entries = namespaces.computeIfAbsent(namespace, n -> new ArrayList<>());
    entries.add(new Entry<>(entries.size(), selector, value));
  }

  /** After the last {@link #add}, before the first {@link #select}. */
  void freeze() {
    namespaces.forEach((namespace, entries) -> indexed.put(namespace, new OfNamespace<>(entries)));
    namespaces.clear();
  }

  /** Those of {@code namespace} that select these labels, in the order in which they were added. */
  List<V> select(String namespace, Map<String, String> labels) {
    OfNamespace<V> entries = indexed.get(namespace);
    return entries == null ? Collections.emptyList() : entries.select(labels);
  }

  private static final class Entry<V> {
    final int order;
    final Map<String, String> selector;
    final V value;

    Entry(int order, Map<String, String> selector, V value) {
      this.order = order;
      this.selector = selector;
      this.value = value;
    }
  }

  private static final class OfNamespace<V> {
    private final List<Entry<V>> ofAll = new ArrayList<>();
    private final Map<Map.Entry<String, String>, List<Entry<V>>> byLabel = new HashMap<>();

    OfNamespace(List<Entry<V>> entries) {
      Map<Map.Entry<String, String>, Integer> counts = new HashMap<>();
      for (Entry<V> entry : entries) {
        for (Map.Entry<String, String> label : entry.selector.entrySet()) {
          counts.merge(label, 1, Integer::sum);
        }
      }
      for (Entry<V> entry : entries) {
        if (entry.selector.isEmpty()) {
          ofAll.add(entry);
        } else {
          Map.Entry<String, String> rarest =
              Collections.min(
                  entry.selector.entrySet(),
                  Comparator.comparing(label -> counts.getOrDefault(label, 0)));
          byLabel.computeIfAbsent(rarest, label -> new ArrayList<>()).add(entry);
        }
      }
    }

    List<V> select(Map<String, String> labels) {
      List<Entry<V>> found = new ArrayList<>(ofAll);
      for (Map.Entry<String, String> label : labels.entrySet()) {
        for (Entry<V> entry : byLabel.getOrDefault(label, Collections.emptyList())) {
          if (Rule.selects(entry.selector, labels)) {
            found.add(entry);
          }
        }
      }
      found.sort(Comparator.comparingInt(entry -> entry.order));
      List<V> values = new ArrayList<>(found.size());
      for (Entry<V> entry : found) {
        values.add(entry.value);
      }
      return values;
    }
  }
}
