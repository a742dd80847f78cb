package dev.weft.control.core;

import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps resources and their revisions. The store room implements it. Thread-safe; one writer at a
 * time. What a call to {@link #write} returned survives the death of the process.
 */
public interface ResourceStore extends AutoCloseable {

  /** All resources at one revision. Cheap: no I/O. */
  Snapshot snapshot();

  /**
   * Runs {@code work} alone and commits what it wrote, all of it or, when it throws, nothing.
   * Listeners run after the commit, on this thread.
   */
  <T> T write(Work<T> work) throws Refused;

  /**
   * The changes after {@code revision}, oldest first.
   *
   * @throws Refused GONE when some of them are no longer in the log
   */
  List<Change> changesAfter(long revision) throws Refused;

  /** Runs {@code listener} after each commit, on the committing thread; it must be quick. */
  Subscription onChange(Runnable listener);

  /** Last good versions of resources whose newest version is held back; see DesiredState. */
  List<Resource> heldBack();

  /** Replaces the set of {@link #heldBack}. */
  void holdBack(Collection<Resource> lastGood);

  @Override
  void close();

  /** Ends what it was given for. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** What is to be done in one commit. */
  @FunctionalInterface
  interface Work<T> {
    T run(Transaction transaction) throws Refused;
  }

  /** The state as this commit sees it, its own writes included. */
  interface Transaction {

    @Nullable Resource get(ResourceKey key);

    /** The state with the writes so far. */
    Snapshot snapshot();

    /** The revision for the next write; each call gives a new one. */
    long nextRevision();

    void put(Resource resource);

    /**
     * @param last as it was, with the revision of its deletion
     */
    void delete(Resource last);

    /** Do not commit: the request was only a question. */
    void rollBack();
  }

  /** One write. */
  record Change(Type type, Resource resource) {
    /** What happened. */
    public enum Type {
      ADDED,
      MODIFIED,
      DELETED
    }

    public long revision() {
      return resource.version();
    }
  }

  /** The resources at a revision. Immutable. */
  final class Snapshot {
    private final long revision;
    private final NavigableMap<ResourceKey, Resource> resources;

    public Snapshot(long revision, NavigableMap<ResourceKey, Resource> resources) {
      this.revision = revision;
      this.resources = new TreeMap<>(resources);
    }

    public long revision() {
      return revision;
    }

    public @Nullable Resource get(ResourceKey key) {
      return resources.get(key);
    }

    /** All, in the order of their keys. */
    public Collection<Resource> all() {
      return List.copyOf(resources.values());
    }

    /**
     * @param namespace null: all of them
     */
    public List<Resource> list(Kind kind, @Nullable String namespace) {
      return resources.values().stream()
          .filter(resource -> resource.key().kind().equals(kind))
          .filter(resource -> namespace == null || resource.key().namespace().equals(namespace))
          .toList();
    }
  }
}
