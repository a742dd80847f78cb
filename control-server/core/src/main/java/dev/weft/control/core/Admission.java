package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.Refused.Cause;
import dev.weft.control.core.Refused.Reason;
import dev.weft.control.core.ResourceStore.Transaction;
import dev.weft.policy.Problem;
import dev.weft.policy.Validator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The only way into the store: what comes in is validated as a whole, then written in one commit,
 * or refused with every reason and nothing is written. Thread-safe.
 */
public final class Admission {

  private final ResourceStore store;
  private final Clock clock;
  private final KeySetCheck keySets;

  public Admission(ResourceStore store, Clock clock) {
    this(store, clock, KeySetCheck.NONE);
  }

  public Admission(ResourceStore store, Clock clock, KeySetCheck keySets) {
    this.store = requireNonNull(store, "store");
    this.clock = requireNonNull(clock, "clock");
    this.keySets = requireNonNull(keySets, "keySets");
  }

  /** How a request wants to be handled. */
  public record Options(boolean dryRun, UnknownFields unknownFields) {
    public static final Options STRICT = new Options(false, UnknownFields.REFUSE);
  }

  /** What happens to a field that nobody knows. Either way it is never dropped. */
  public enum UnknownFields {
    REFUSE,
    /** It is stored with the rest, and a warning names it. */
    WARN
  }

  /** What became of one document. */
  public record Outcome(Verb verb, Resource resource, List<String> warnings) {
    public Outcome {
      warnings = List.copyOf(warnings);
    }
  }

  /** What was done with a document. */
  public enum Verb {
    CREATED,
    CONFIGURED,
    UNCHANGED,
    DELETED
  }

  /** The state that a deletion expects; null or empty: any. */
  public record Precondition(@Nullable String uid, @Nullable String resourceVersion) {
    public static final Precondition NONE = new Precondition(null, null);
  }

  /** Turns the resource as it is into the document that it shall be. */
  @FunctionalInterface
  public interface Edit {
    Map<String, Object> edit(Resource current) throws Refused;
  }

  public Outcome create(Kind kind, String namespace, Map<String, Object> sent, Options options)
      throws Refused {
    Map<String, Object> tree = ResourceDocuments.named(sent);
    ResourceKey key = ResourceDocuments.keyFor(kind, namespace, null, tree);
    List<String> warnings = check(key, tree, options);
    return write(
        options,
        transaction -> {
          if (transaction.get(key) != null) {
            throw new Refused(
                Reason.ALREADY_EXISTS,
                key,
                key.kind().plural() + " \"" + key.name() + "\" already exists",
                List.of());
          }
          return put(transaction, key, tree, warnings);
        });
  }

  public Outcome replace(ResourceKey key, Map<String, Object> sent, Options options)
      throws Refused {
    ResourceDocuments.keyFor(key.kind(), key.namespace(), key.name(), sent);
    List<String> warnings = check(key, sent, options);
    return write(
        options,
        transaction -> {
          expect(existing(transaction, key), versionOf(sent), uidOf(sent));
          return put(transaction, key, sent, warnings);
        });
  }

  public Outcome patch(ResourceKey key, Edit edit, Options options) throws Refused {
    return write(
        options,
        transaction -> {
          Resource current = existing(transaction, key);
          Map<String, Object> tree = edit.edit(current);
          ResourceDocuments.keyFor(key.kind(), key.namespace(), key.name(), tree);
          expect(current, versionOf(tree), uidOf(tree));
          return put(transaction, key, tree, check(key, tree, options));
        });
  }

  public Outcome delete(ResourceKey key, Precondition precondition, boolean dryRun) throws Refused {
    return write(
        new Options(dryRun, UnknownFields.REFUSE),
        transaction -> {
          Resource current = existing(transaction, key);
          expect(current, precondition.resourceVersion(), precondition.uid());
          return remove(transaction, current);
        });
  }

  /** Takes many documents in one commit: all of them, or none and every error of all of them. */
  public List<Outcome> apply(
      List<Map<String, Object>> documents, String defaultNamespace, Options options)
      throws Refused {
    List<ResourceKey> keys = keysOf(documents, defaultNamespace, true);
    List<Cause> causes = new ArrayList<>();
    List<List<String>> warnings = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      List<String> own = new ArrayList<>();
      for (Cause cause : errors(keys.get(i), documents.get(i), options, own)) {
        causes.add(inDocument(i, keys.get(i), cause));
      }
      warnings.add(own);
    }
    if (!causes.isEmpty()) {
      throw new Refused(Reason.INVALID, null, summary(causes), causes);
    }
    return write(
        options,
        transaction -> {
          List<Outcome> outcomes = new ArrayList<>();
          for (int i = 0; i < keys.size(); i++) {
            Map<String, Object> tree = documents.get(i);
            Resource current = transaction.get(keys.get(i));
            if (current != null) {
              expect(current, versionOf(tree), null);
            }
            outcomes.add(put(transaction, keys.get(i), tree, warnings.get(i)));
          }
          return outcomes;
        });
  }

  /**
   * Deletes what the documents name, in one commit.
   *
   * @return the ones that existed
   */
  public List<Outcome> deleteAll(
      List<Map<String, Object>> documents, String defaultNamespace, boolean dryRun) throws Refused {
    List<ResourceKey> keys = keysOf(documents, defaultNamespace, false);
    return write(
        new Options(dryRun, UnknownFields.REFUSE),
        transaction -> {
          List<Outcome> outcomes = new ArrayList<>();
          for (ResourceKey key : keys) {
            Resource current = transaction.get(key);
            if (current != null) {
              outcomes.add(remove(transaction, current));
            }
          }
          return outcomes;
        });
  }

  private static List<ResourceKey> keysOf(
      List<Map<String, Object>> documents, String defaultNamespace, boolean unique) throws Refused {
    List<ResourceKey> keys = new ArrayList<>();
    List<Cause> causes = new ArrayList<>();
    Set<ResourceKey> seen = new HashSet<>();
    for (int i = 0; i < documents.size(); i++) {
      try {
        ResourceKey key = ResourceDocuments.keyOf(documents.get(i), defaultNamespace);
        keys.add(key);
        if (!seen.add(key) && unique) {
          causes.add(
              inDocument(
                  i,
                  key,
                  new Cause(
                      "metadata.name",
                      key.name() + " (expected: one document of this kind, namespace and name)",
                      false)));
        }
      } catch (Refused refused) {
        List<Cause> own = refused.causes();
        if (own.isEmpty()) {
          own = List.of(new Cause("", String.valueOf(refused.getMessage()), false));
        }
        for (Cause cause : own) {
          causes.add(inDocument(i, null, cause));
        }
      }
    }
    if (!causes.isEmpty()) {
      throw new Refused(Reason.INVALID, null, summary(causes), causes);
    }
    return keys;
  }

  private static Cause inDocument(int index, @Nullable ResourceKey key, Cause cause) {
    String document = "document " + (index + 1) + (key == null ? "" : " (" + key + ")");
    return new Cause(
        cause.field().isEmpty() ? document : document + ": " + cause.field(),
        cause.message(),
        cause.unknownField());
  }

  private static String summary(List<Cause> causes) {
    List<String> lines = new ArrayList<>();
    for (Cause cause : causes) {
      lines.add(cause.field().isEmpty() ? cause.message() : cause.field() + ": " + cause.message());
    }
    return String.join("; ", lines);
  }

  private List<String> check(ResourceKey key, Map<String, Object> tree, Options options)
      throws Refused {
    List<String> warnings = new ArrayList<>();
    List<Cause> errors = errors(key, tree, options, warnings);
    if (!errors.isEmpty()) {
      throw new Refused(
          Reason.INVALID,
          key,
          key.kind().name()
              + "."
              + key.kind().group()
              + " \""
              + key.name()
              + "\" is invalid: "
              + summary(errors),
          errors);
    }
    return warnings;
  }

  private List<Cause> errors(
      ResourceKey key, Map<String, Object> tree, Options options, List<String> warnings)
      throws Refused {
    List<Problem> problems = Validator.validate(ResourceDocuments.document(key, tree));
    List<Cause> errors = new ArrayList<>();
    for (Cause cause : ResourceDocuments.errors(problems)) {
      if (cause.unknownField() && options.unknownFields() == UnknownFields.WARN) {
        warnings.add(cause.field() + ": " + cause.message() + "; stored, without effect");
      } else {
        errors.add(cause);
      }
    }
    if (errors.isEmpty()) {
      errors.addAll(keyErrors(key, tree));
    }
    for (Problem problem : problems) {
      if (problem.severity() != Problem.Severity.ERROR) {
        warnings.add(problem.text());
      }
    }
    if (!Trees.map(tree, "status").isEmpty()) {
      warnings.add("status: written by the server; what was sent is not stored");
    }
    return errors;
  }

  /** Keys that stand in the document itself. */
  private List<Cause> keyErrors(ResourceKey key, Map<String, Object> tree) {
    List<Cause> errors = new ArrayList<>();
    if (key.kind().equals(Kind.REQUEST_AUTHENTICATION)
        && Trees.map(tree, "spec").get("jwtRules") instanceof List<?> rules) {
      for (int i = 0; i < rules.size(); i++) {
        String jwks = Trees.text(Trees.asMap(rules.get(i)), "jwks");
        String path = "spec.jwtRules[" + i + "].jwks";
        if (!jwks.isEmpty()) {
          keySets.problems(jwks).forEach(each -> errors.add(new Cause(path, each, false)));
        }
      }
    }
    return errors;
  }

  private <T> T write(Options options, ResourceStore.Work<T> work) throws Refused {
    return store.write(
        transaction -> {
          T result = work.run(transaction);
          if (options.dryRun()) {
            transaction.rollBack();
          }
          return result;
        });
  }

  private Outcome put(
      Transaction transaction, ResourceKey key, Map<String, Object> tree, List<String> warnings) {
    Map<String, Object> body = Resource.bodyOf(tree);
    Resource current = transaction.get(key);
    if (current == null) {
      Resource created =
          new Resource(
              key,
              body,
              UUID.randomUUID().toString(),
              clock.instant(),
              1,
              transaction.nextRevision());
      transaction.put(created);
      return new Outcome(Verb.CREATED, created, warnings);
    }
    if (current.body().equals(body)) {
      return new Outcome(Verb.UNCHANGED, current, warnings);
    }
    Resource changed =
        new Resource(
            key,
            body,
            current.uid(),
            current.created(),
            current.sameSpec(body) ? current.generation() : current.generation() + 1,
            transaction.nextRevision());
    transaction.put(changed);
    return new Outcome(Verb.CONFIGURED, changed, warnings);
  }

  private static Outcome remove(Transaction transaction, Resource current) {
    Resource last =
        new Resource(
            current.key(),
            current.body(),
            current.uid(),
            current.created(),
            current.generation(),
            transaction.nextRevision());
    transaction.delete(last);
    return new Outcome(Verb.DELETED, last, List.of());
  }

  private static Resource existing(Transaction transaction, ResourceKey key) throws Refused {
    Resource current = transaction.get(key);
    if (current == null) {
      throw new Refused(Reason.NOT_FOUND, key, notFound(key), List.of());
    }
    return current;
  }

  /** What a request for {@code key} hears when there is no such resource. */
  public static String notFound(ResourceKey key) {
    return key.kind().plural()
        + "."
        + key.kind().group()
        + " \""
        + key.name()
        + "\" not found in namespace "
        + key.namespace();
  }

  private static void expect(
      Resource current, @Nullable String expectedVersion, @Nullable String expectedUid)
      throws Refused {
    if (expectedVersion != null
        && !expectedVersion.isEmpty()
        && !expectedVersion.equals(Long.toString(current.version()))) {
      throw new Refused(
          Reason.CONFLICT,
          current.key(),
          current.key()
              + ": resourceVersion "
              + expectedVersion
              + " (expected: "
              + current.version()
              + "); the resource has been changed since it was read, read it again and repeat",
          List.of());
    }
    if (expectedUid != null && !expectedUid.isEmpty() && !expectedUid.equals(current.uid())) {
      throw new Refused(
          Reason.CONFLICT,
          current.key(),
          current.key() + ": uid " + expectedUid + " (expected: " + current.uid() + ")",
          List.of());
    }
  }

  private static @Nullable String versionOf(Map<String, Object> tree) {
    return Trees.text(Trees.map(tree, "metadata"), "resourceVersion");
  }

  private static @Nullable String uidOf(Map<String, Object> tree) {
    return Trees.text(Trees.map(tree, "metadata"), "uid");
  }
}
