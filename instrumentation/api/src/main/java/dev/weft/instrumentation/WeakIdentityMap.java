package dev.weft.instrumentation;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter remembers of a library's objects as long as they live, by identity. A value must
 * not lead back to its key, or both stay until {@link #remove}. Thread-safe.
 *
 * @param <V> what is remembered
 */
public final class WeakIdentityMap<V> {

  private final ConcurrentMap<Key, V> values = new ConcurrentHashMap<>();
  private final ReferenceQueue<Object> gone = new ReferenceQueue<>();
  private final Consumer<? super V> abandoned;

  public WeakIdentityMap() {
    this(value -> {});
  }

  /**
   * @param abandoned told of what was remembered of a key that is gone without {@link #remove},
   *     some time later and by whoever calls {@link #put} then
   */
  public WeakIdentityMap(Consumer<? super V> abandoned) {
    this.abandoned = abandoned;
  }

  public @Nullable V get(Object key) {
    return values.isEmpty() ? null : values.get(new Key(key, null));
  }

  public void put(Object key, V value) {
    for (Reference<?> dead = gone.poll(); dead != null; dead = gone.poll()) {
      V left = values.remove(dead);
      if (left != null) {
        abandoned.accept(left);
      }
    }
    values.put(new Key(key, gone), value);
  }

  /** What was remembered; null for nothing. */
  public @Nullable V remove(Object key) {
    return values.isEmpty() ? null : values.remove(new Key(key, null));
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
