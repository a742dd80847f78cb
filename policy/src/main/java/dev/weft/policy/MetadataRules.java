package dev.weft.policy;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What Kubernetes asks of {@code metadata}. */
final class MetadataRules {

  static final List<String> ROOT_FIELDS =
      Collections.unmodifiableList(
          Arrays.asList("apiVersion", "kind", "metadata", "spec", "status"));

  private static final Pattern LABEL_VALUE =
      Pattern.compile("([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?");

  private MetadataRules() {}

  static void check(Document document, Problems problems) {
    Node metadata = Node.of(document.tree().get("metadata"), "metadata");
    if (!(metadata.value() instanceof Map)) {
      problems.add(Problem.missing("metadata.name", "a name"));
      return;
    }
    Node name = metadata.get("name");
    if (!name.present()) {
      problems.add(Problem.missing("metadata.name", "a name"));
    } else if (!Names.isDnsSubdomain(name.value())) {
      problems.add(
          Problem.wrong(
              name.path(),
              name.value(),
              "lower-case letters, digits, - and ., at most 253 characters"));
    }
    Node namespace = metadata.get("namespace");
    if (namespace.present() && !Names.isDnsLabel(namespace.value())) {
      problems.add(
          Problem.wrong(
              namespace.path(),
              namespace.value(),
              "lower-case letters, digits and -, at most 63 characters"));
    }
    labels(metadata.get("labels"), problems);
    strings(metadata.get("annotations"), problems);
  }

  private static void labels(Node labels, Problems problems) {
    strings(labels, problems);
    for (String key : labels.entries().keySet()) {
      Node label = labels.entry(key);
      if (label.isText() && !LABEL_VALUE.matcher(label.text()).matches()) {
        problems.add(
            Problem.wrong(
                label.path(), label.value(), "letters, digits, -, _ and ., at most 63 characters"));
      }
    }
  }

  private static void strings(Node map, Problems problems) {
    if (map.present()) {
      new ShapeCheck(Schema.istio(), problems).check(map, "map string");
    }
  }
}
