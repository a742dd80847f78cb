package dev.weft.controlclient;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The route tables that the application has called for. Thread-safe. */
final class Subscriptions {

  private final int limit;

  /** Completed when the table was applied, or when waiting for it has become pointless. */
  private final Map<String, CompletableFuture<Void>> byName = new ConcurrentHashMap<>();

  /** No room, and nothing to make room with. */
  private volatile boolean full;

  Subscriptions(int limit) {
    this.limit = limit;
  }

  /** Null when it is not subscribed to. */
  @Nullable CompletableFuture<Void> find(String name) {
    return byName.get(name);
  }

  /** Null when there is no room. True is whether the caller is the one that added it. */
  @Nullable CompletableFuture<Void> add(String name, boolean[] added) {
    if (full) {
      return null;
    }
    CompletableFuture<Void> fresh = new CompletableFuture<>();
    CompletableFuture<Void> before = byName.putIfAbsent(name, fresh);
    added[0] = before == null;
    return before == null ? fresh : before;
  }

  /** Remembers a table that is in force already. */
  void restored(String name) {
    byName.put(name, CompletableFuture.completedFuture(null));
  }

  void remove(String name) {
    CompletableFuture<Void> pending = byName.remove(name);
    if (pending != null) {
      pending.complete(null);
    }
  }

  void applied(String name) {
    CompletableFuture<Void> pending = byName.get(name);
    if (pending != null) {
      pending.complete(null);
    }
  }

  /** Lets everyone who waits go on without. */
  void releaseAll() {
    for (CompletableFuture<Void> pending : byName.values()) {
      pending.complete(null);
    }
  }

  List<String> names() {
    return new ArrayList<>(byName.keySet());
  }

  boolean overLimit() {
    return byName.size() > limit;
  }

  boolean atLimit() {
    return byName.size() >= limit;
  }

  void full(boolean nothingToEvict) {
    full = nothingToEvict;
  }
}
