package dev.weft.control.core;

import dev.weft.control.core.Refused.Cause;
import dev.weft.control.core.Refused.Reason;
import dev.weft.policy.Document;
import dev.weft.policy.Problem;
import dev.weft.policy.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a document says of itself: kind, namespace and name. */
final class ResourceDocuments {

  private ResourceDocuments() {}

  /** The document itself, or one with a name where it asks for one by generateName. */
  static Map<String, Object> named(Map<String, Object> tree) {
    Map<String, Object> metadata = Trees.map(tree, "metadata");
    String prefix = Trees.text(metadata, "generateName");
    if (!Trees.text(metadata, "name").isEmpty() || prefix.isEmpty()) {
      return tree;
    }
    Map<String, Object> named = Trees.copy(tree);
    Map<String, Object> withName = Trees.copy(metadata);
    withName.put("name", prefix + UUID.randomUUID().toString().substring(0, 5));
    named.put("metadata", withName);
    return named;
  }

  /** Which resource a document of its own is. */
  static ResourceKey keyOf(Map<String, Object> tree, String defaultNamespace) throws Refused {
    Kind kind = Kind.of(Trees.text(tree, "apiVersion"), Trees.text(tree, "kind"));
    Map<String, Object> metadata = Trees.map(tree, "metadata");
    String name = Trees.text(metadata, "name");
    if (kind == null || name.isEmpty()) {
      throw new Refused(
          Reason.INVALID, null, "not a resource", errors(Validator.validate(document(tree))));
    }
    String namespace = Trees.text(metadata, "namespace");
    return new ResourceKey(kind, namespace.isEmpty() ? defaultNamespace : namespace, name);
  }

  /** The document as policy reads it, with the name that it has by its path or by default. */
  static Document document(ResourceKey key, Map<String, Object> tree) throws Refused {
    return document(tree)
        .withMetadata("name", key.name())
        .withMetadata("namespace", key.namespace());
  }

  private static Document document(Map<String, Object> tree) throws Refused {
    try {
      return Document.of(tree);
    } catch (IllegalArgumentException e) {
      throw new Refused(Reason.BAD_REQUEST, "body: " + e.getMessage());
    }
  }

  /** The errors among {@code problems}. */
  static List<Cause> errors(List<Problem> problems) {
    List<Cause> errors = new ArrayList<>();
    for (Problem problem : problems) {
      if (problem.severity() == Problem.Severity.ERROR) {
        errors.add(
            new Cause(
                problem.path(), problem.message(), problem.message().startsWith("unknown field")));
      }
    }
    return errors;
  }

  /**
   * Which resource a document sent to a path is.
   *
   * @param name of the path; null: the document's own
   * @throws Refused when path and document contradict each other
   */
  static ResourceKey keyFor(
      Kind kind, String namespace, @Nullable String name, Map<String, Object> tree) throws Refused {
    Kind own = Kind.of(Trees.text(tree, "apiVersion"), Trees.text(tree, "kind"));
    if (!kind.equals(own)) {
      throw new Refused(
          Reason.BAD_REQUEST,
          "kind: "
              + Trees.text(tree, "apiVersion")
              + " "
              + Trees.text(tree, "kind")
              + " (expected: "
              + kind.preferredApiVersion()
              + " "
              + kind.name()
              + ", as in the path)");
    }
    Map<String, Object> metadata = Trees.map(tree, "metadata");
    String ownName = Trees.text(metadata, "name");
    if (ownName.isEmpty() && name == null) {
      throw new Refused(
          Reason.INVALID,
          null,
          "metadata.name: missing (expected: a name)",
          List.of(new Cause("metadata.name", "missing (expected: a name)", false)));
    }
    if (name != null && !ownName.isEmpty() && !name.equals(ownName)) {
      throw contradiction("name", ownName, name);
    }
    String ownNamespace = Trees.text(metadata, "namespace");
    if (!ownNamespace.isEmpty() && !ownNamespace.equals(namespace)) {
      throw contradiction("namespace", ownNamespace, namespace);
    }
    return new ResourceKey(kind, namespace, name == null ? ownName : name);
  }

  private static Refused contradiction(String what, String own, String path) {
    return new Refused(
        Reason.BAD_REQUEST,
        "metadata." + what + ": " + own + " (expected: " + path + ", as in the path)");
  }
}
