package dev.weft.context;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Which context each task is to run in that was handed over and not run: by identity, as long as
 * the task lives. Empty, and without cost, as long as nothing is handed over from within a request.
 * Thread-safe.
 */
final class Carried {

  private final ConcurrentMap<Key, Entry> entries = new ConcurrentHashMap<>();
  private final ReferenceQueue<Object> gone = new ReferenceQueue<>();

  /** The context of a task, and how often it was handed over since it was last idle. */
  private static final class Entry {
    final CallContext context;
    final int times;

    Entry(CallContext context, int times) {
      this.context = context;
      this.times = times;
    }
  }

  /**
   * For a task that may be handed over several times before it runs once. Where that is done from
   * different contexts, which run is whose cannot be told, and all of them run in none.
   */
  void add(Object task, CallContext context) {
    if (context.isEmpty() && entries.isEmpty()) {
      return;
    }
    removeDead();
    entries.compute(
        new Key(task, context.isEmpty() ? null : gone), (key, old) -> more(old, context));
  }

  private static @Nullable Entry more(@Nullable Entry old, CallContext context) {
    if (old == null) {
      return context.isEmpty() ? null : new Entry(context, 1);
    }
    boolean same = old.context.equals(context);
    return new Entry(same ? context : CallContext.NONE, old.times + 1);
  }

  /** Undoes one {@link #add}. */
  CallContext take(Object task) {
    if (entries.isEmpty()) {
      return CallContext.NONE;
    }
    Key key = new Key(task, null);
    Entry entry = entries.get(key);
    if (entry == null) {
      return CallContext.NONE;
    }
    entries.computeIfPresent(
        key, (same, now) -> now.times == 1 ? null : new Entry(now.context, now.times - 1));
    return entry.context;
  }

  /** For a task that runs once: whatever was said of it before is forgotten. */
  void set(Object task, CallContext context) {
    if (!context.isEmpty()) {
      removeDead();
      entries.put(new Key(task, gone), new Entry(context, 1));
    } else if (!entries.isEmpty()) {
      entries.remove(new Key(task, null));
    }
  }

  CallContext get(Object task) {
    Entry entry = entries.isEmpty() ? null : entries.get(new Key(task, null));
    return entry == null ? CallContext.NONE : entry.context;
  }

  CallContext remove(Object task) {
    Entry entry = entries.isEmpty() ? null : entries.remove(new Key(task, null));
    return entry == null ? CallContext.NONE : entry.context;
  }

  boolean isEmpty() {
    removeDead();
    return entries.isEmpty();
  }

  private void removeDead() {
    for (Reference<?> dead = gone.poll(); dead != null; dead = gone.poll()) {
      entries.remove(dead);
    }
  }

  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object referent, @Nullable ReferenceQueue<Object> queue) {
      super(referent, queue);
      this.hash = System.identityHashCode(referent);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      Object referent = get();
      return other instanceof Key && referent != null && ((Key) other).get() == referent;
    }
  }
}
