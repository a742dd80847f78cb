package dev.weft.policy;

import java.util.List;
import java.util.Map;

/** A document of the policy set with what is asked of it for every name. Immutable. */
final class Rule {

  final Document document;
  final Node spec;
  final String namespace;
  final List<String> exportTo;

  Rule(Document document, String namespace) {
    this.document = document;
    this.spec = Node.spec(document);
    this.namespace = namespace;
    this.exportTo = spec.get("exportTo").textItems();
  }

  Visibility visibleFrom(String clientNamespace) {
    return Visibility.of(exportTo, namespace, clientNamespace);
  }

  /** {@code namespace/name}. */
  String name() {
    return namespace + "/" + document.name();
  }

  /** {@code VirtualService default/reviews}. */
  String title() {
    return document.kind() + " " + name();
  }

  /** {@code kind/namespace/name}. */
  String key() {
    return document.kind() + "/" + name();
  }

  /** {@code kind/namespace/name@resourceVersion}. */
  String source() {
    return key() + "@" + document.resourceVersion();
  }

  static boolean selects(Map<String, String> selector, Map<String, String> labels) {
    return labels.entrySet().containsAll(selector.entrySet());
  }
}
