package dev.weft.engine.snapshot;

import dev.weft.model.Rejection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All policy at one moment. Requests read it once and keep it to their end. */
public final class Snapshot {

  /** Before the first policy arrived. */
  public static final Snapshot EMPTY =
      new Snapshot(
          0,
          Collections.emptyMap(),
          Collections.emptyMap(),
          Collections.emptyMap(),
          Collections.emptySet(),
          null);

  private final long version;
  private final Map<String, CompiledTable> tables;
  private final Map<String, CompiledUpstream> upstreams;
  private final Map<String, Rejection> rejections;
  private final Set<String> leaving;
  private final @Nullable InboundPlan inbound;

  Snapshot(
      long version,
      Map<String, CompiledTable> tables,
      Map<String, CompiledUpstream> upstreams,
      Map<String, Rejection> rejections,
      Set<String> leaving,
      @Nullable InboundPlan inbound) {
    this.version = version;
    this.tables = tables;
    this.upstreams = upstreams;
    this.rejections = rejections;
    this.leaving = leaving;
    this.inbound = inbound;
  }

  /** How many updates were applied. */
  public long version() {
    return version;
  }

  /** By {@code host:port}; null when unknown. */
  public @Nullable CompiledTable table(String name) {
    return tables.get(name);
  }

  public @Nullable CompiledUpstream upstream(String name) {
    return upstreams.get(name);
  }

  public Map<String, CompiledTable> tables() {
    return tables;
  }

  public Map<String, CompiledUpstream> upstreams() {
    return upstreams;
  }

  /** Resources whose newest version was refused, by kind and name. */
  public Map<String, Rejection> rejections() {
    return rejections;
  }

  /** What becomes of requests that arrive; null before anybody said. */
  public @Nullable InboundPlan inbound() {
    return inbound;
  }

  /** Upstreams that were removed while a route still leads to them; they go when it does. */
  Set<String> leaving() {
    return leaving;
  }
}
