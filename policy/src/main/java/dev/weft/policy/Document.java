package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One resource as its author wrote it. Nothing of it is lost: fields that nobody knows stay in
 * {@link #tree()}. What is absent reads as empty text; whether it may be is the {@link Validator}'s
 * business. Immutable; values of the tree are Map, List, String, Long, Double, Boolean and null.
 */
public final class Document {

  private final Map<String, Object> tree;
  private final Map<String, Object> metadata;
  private final Map<String, Object> spec;
  private final String apiVersion;
  private final String kind;
  private final String namespace;
  private final String name;

  private Document(Map<String, Object> tree) {
    this.tree = tree;
    this.metadata = Trees.map(tree.get("metadata"));
    this.spec = Trees.map(tree.get("spec"));
    this.apiVersion = Trees.text(tree.get("apiVersion"));
    this.kind = Trees.text(tree.get("kind"));
    this.namespace = Trees.text(metadata.get("namespace"));
    this.name = Trees.text(metadata.get("name"));
  }

  /**
   * A document over a copy of {@code tree}.
   *
   * @throws IllegalArgumentException when it is nested deeper than 100 levels
   */
  public static Document of(Map<String, ?> tree) {
    return new Document(Trees.map(Trees.freeze(requireNonNull(tree, "tree"))));
  }

  /** For example {@code networking.istio.io/v1}. */
  public String apiVersion() {
    return apiVersion;
  }

  /** {@code networking.istio.io}; empty for the core group. */
  public String group() {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  /** {@code v1}. */
  public String version() {
    return apiVersion.substring(apiVersion.indexOf('/') + 1);
  }

  public String kind() {
    return kind;
  }

  public String namespace() {
    return namespace;
  }

  public String name() {
    return name;
  }

  public Map<String, String> labels() {
    return Collections.unmodifiableMap(Trees.texts(metadata.get("labels")));
  }

  public Map<String, String> annotations() {
    return Collections.unmodifiableMap(Trees.texts(metadata.get("annotations")));
  }

  /** RFC 3339 in UTC, as the store set it; such texts sort by time. */
  public String creationTimestamp() {
    return Trees.text(metadata.get("creationTimestamp"));
  }

  public String resourceVersion() {
    return Trees.text(metadata.get("resourceVersion"));
  }

  public String uid() {
    return Trees.text(metadata.get("uid"));
  }

  public Map<String, Object> spec() {
    return spec;
  }

  /** The whole document. */
  public Map<String, Object> tree() {
    return tree;
  }

  /** {@code kind/namespace/name}. */
  public String key() {
    return kind + "/" + namespace + "/" + name;
  }

  /** {@code kind/namespace/name@resourceVersion}. */
  public String source() {
    return key() + "@" + resourceVersion();
  }

  /** The same with a field of its metadata set, or removed when {@code value} is null. */
  public Document withMetadata(String field, @Nullable Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(metadata);
    set(changed, field, value);
    return withField("metadata", changed);
  }

  /**
   * The same with a field of the root set ({@code status}), or removed when {@code value} is null.
   */
  public Document withField(String field, @Nullable Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(tree);
    set(changed, field, value);
    return of(changed);
  }

  private static void set(Map<String, Object> map, String field, @Nullable Object value) {
    if (value == null) {
      map.remove(field);
    } else {
      map.put(field, value);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Document && tree.equals(((Document) other).tree);
  }

  @Override
  public int hashCode() {
    return tree.hashCode();
  }

  @Override
  public String toString() {
    return source();
  }
}
