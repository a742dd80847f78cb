package dev.weft.control.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** A store in memory that a test writes directly. */
final class FakeStore implements ResourceStore {

  private final TreeMap<ResourceKey, Resource> resources = new TreeMap<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private final AtomicLong revision = new AtomicLong();
  private List<Resource> heldBack = List.of();

  /** Writes a document; its generation is one more than before. */
  Resource put(Kind kind, String name, Map<String, Object> spec) {
    ResourceKey key = new ResourceKey(kind, "default", name);
    Resource before = resources.get(key);
    long generation = before == null ? 1 : before.generation() + 1;
    Resource resource =
        new Resource(
            key,
            Map.of("metadata", Map.of(), "spec", spec),
            "uid-" + key,
            Instant.EPOCH,
            generation,
            revision.incrementAndGet());
    resources.put(key, resource);
    listeners.forEach(Runnable::run);
    return resource;
  }

  @Override
  public Snapshot snapshot() {
    return new Snapshot(revision.get(), resources);
  }

  @Override
  public <T> T write(Work<T> work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Change> changesAfter(long after) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Subscription onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public List<Resource> heldBack() {
    return heldBack;
  }

  @Override
  public void holdBack(Collection<Resource> lastGood) {
    heldBack = List.copyOf(lastGood);
  }

  @Override
  public void close() {}
}
