package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A stored resource: what was sent, whole, and what the server knows of it. Immutable.
 *
 * @param body the document as it was sent, without what names it (apiVersion, kind, name,
 *     namespace) and what the server itself keeps (uid, creationTimestamp, generation,
 *     resourceVersion, status)
 * @param generation counts the changes of anything but metadata
 * @param version the revision at which it was last written
 */
public record Resource(
    ResourceKey key,
    Map<String, Object> body,
    String uid,
    Instant created,
    long generation,
    long version) {

  private static final Set<String> SERVERS_METADATA =
      Set.of(
          "name",
          "namespace",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "managedFields");

  public Resource {
    requireNonNull(key, "key");
    requireNonNull(uid, "uid");
    requireNonNull(created, "created");
    body = Trees.freeze(body);
  }

  /** The part of a sent document that is its sender's: what {@link #body} keeps. */
  public static Map<String, Object> bodyOf(Map<String, Object> sent) {
    Map<String, Object> body = Trees.copy(sent);
    body.remove("apiVersion");
    body.remove("kind");
    body.remove("status");
    Map<String, Object> metadata = Trees.copy(Trees.map(sent, "metadata"));
    metadata.keySet().removeAll(SERVERS_METADATA);
    body.put("metadata", metadata);
    return Trees.freeze(body);
  }

  /** The whole document in its kind's preferred version. */
  public Map<String, Object> tree() {
    return tree(key.kind().preferredApiVersion());
  }

  /** The whole document, with what the server knows in its metadata. */
  public Map<String, Object> tree(String apiVersion) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", key.name());
    metadata.put("namespace", key.namespace());
    metadata.putAll(Trees.map(body, "metadata"));
    metadata.put("uid", uid);
    metadata.put("resourceVersion", Long.toString(version));
    metadata.put("generation", generation);
    metadata.put("creationTimestamp", created.truncatedTo(ChronoUnit.SECONDS).toString());
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("apiVersion", apiVersion);
    tree.put("kind", key.kind().name());
    tree.put("metadata", metadata);
    body.forEach(tree::putIfAbsent);
    return tree;
  }

  public Map<String, String> labels() {
    return Trees.texts(Trees.map(body, "metadata"), "labels");
  }

  /** Whether {@code other}, a body too, says the same but for its metadata. */
  public boolean sameSpec(Map<String, Object> other) {
    Map<String, Object> mine = Trees.copy(body);
    Map<String, Object> theirs = Trees.copy(other);
    mine.remove("metadata");
    theirs.remove("metadata");
    return mine.equals(theirs);
  }

  /** {@code kind/namespace/name@resourceVersion}. */
  public String source() {
    return key + "@" + version;
  }
}
