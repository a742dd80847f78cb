package dev.weft.wire;

import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Rejection;
import dev.weft.model.RouteTable;
import dev.weft.model.TrustBundle;
import dev.weft.model.Upstream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What could be read of a set of resources, and why the rest could not. Immutable. */
public final class Decoded {

  private final List<RouteTable> routeTables;
  private final List<Upstream> upstreams;
  private final List<Endpoints> endpoints;
  private final @Nullable InboundPolicy inboundPolicy;
  private final @Nullable TrustBundle trustBundle;
  private final List<Rejection> rejections;

  private Decoded(Collector from) {
    this.routeTables = Collections.unmodifiableList(from.routeTables);
    this.upstreams = Collections.unmodifiableList(from.upstreams);
    this.endpoints = Collections.unmodifiableList(from.endpoints);
    this.inboundPolicy = from.inboundPolicy;
    this.trustBundle = from.trustBundle;
    this.rejections = Collections.unmodifiableList(from.rejections);
  }

  public List<RouteTable> routeTables() {
    return routeTables;
  }

  public List<Upstream> upstreams() {
    return upstreams;
  }

  public List<Endpoints> endpoints() {
    return endpoints;
  }

  /** Null: there was none, or it could not be read. */
  public @Nullable InboundPolicy inboundPolicy() {
    return inboundPolicy;
  }

  /** Null: there was none, or it could not be read. */
  public @Nullable TrustBundle trustBundle() {
    return trustBundle;
  }

  public List<Rejection> rejections() {
    return rejections;
  }

  /** Filled once, by the codec. */
  static final class Collector {
    final List<RouteTable> routeTables = new ArrayList<>();
    final List<Upstream> upstreams = new ArrayList<>();
    final List<Endpoints> endpoints = new ArrayList<>();
    @Nullable InboundPolicy inboundPolicy;
    @Nullable TrustBundle trustBundle;
    final List<Rejection> rejections = new ArrayList<>();

    Decoded finish() {
      return new Decoded(this);
    }
  }
}
