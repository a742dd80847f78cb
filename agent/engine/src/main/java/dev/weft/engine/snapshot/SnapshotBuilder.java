package dev.weft.engine.snapshot;

import dev.weft.engine.address.IpLiteral;
import dev.weft.engine.tokens.TokenVerifier;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Rejection;
import dev.weft.model.RouteTable;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next snapshot from the last one and an update: one use per update. What did not change
 * is taken over as it is; what is invalid keeps its last good version and is named.
 */
public final class SnapshotBuilder {

  private static final String TABLE = "RouteTable";
  private static final String UPSTREAM = "Upstream";
  private static final String ENDPOINTS = "Endpoints";

  private static final String INBOUND = "InboundPolicy";
  private static final String INBOUND_NAME = "inbound";

  private final RouteCompiler compiler;
  private final TokenVerifier tokens;
  private final long version;
  private final Map<String, CompiledTable> tables;
  private final Map<String, CompiledUpstream> upstreams;
  private final Map<String, Rejection> standing;
  private final Set<String> leaving;
  private final List<Rejection> rejections = new ArrayList<>();
  private @Nullable InboundPlan inbound;

  /**
   * @param self value of the header that tells the other side who we are
   * @param tokens reads keys
   */
  public SnapshotBuilder(Snapshot last, String self, TokenVerifier tokens) {
    this.compiler = new RouteCompiler(self);
    this.tokens = tokens;
    this.inbound = last.inbound();
    this.version = last.version() + 1;
    this.tables = new HashMap<>(last.tables());
    this.upstreams = new HashMap<>(last.upstreams());
    this.standing = new HashMap<>(last.rejections());
    this.leaving = new HashSet<>(last.leaving());
  }

  /** What this update was refused; after {@link #build}. */
  public List<Rejection> rejections() {
    return Collections.unmodifiableList(rejections);
  }

  public Snapshot build(Update update) {
    for (String name : update.removedRouteTables()) {
      tables.remove(name);
      standing.remove(TABLE + "/" + name);
    }
    leaving.addAll(update.removedUpstreams());
    for (Upstream upstream : update.upstreams()) {
      put(upstream);
    }
    for (Endpoints endpoints : update.endpoints()) {
      put(endpoints);
    }
    for (RouteTable table : update.routeTables()) {
      put(table);
    }
    removeLeaving();
    if (update.inboundPolicy() != null) {
      put(update.inboundPolicy());
    }
    return new Snapshot(
        version,
        Collections.unmodifiableMap(tables),
        Collections.unmodifiableMap(upstreams),
        Collections.unmodifiableMap(standing),
        Collections.unmodifiableSet(leaving),
        inbound);
  }

  /** A part that is invalid keeps its last good version, or refuses; the others apply. */
  private void put(InboundPolicy policy) {
    InboundPlan last = inbound;
    if (last != null && last.source.equals(policy)) {
      // What was wrong about it is still wrong.
      standing.forEach(
          (key, rejection) -> {
            if (key.startsWith(INBOUND + "/")) {
              rejections.add(rejection);
            }
          });
      return;
    }
    standing.keySet().removeIf(key -> key.startsWith(INBOUND + "/"));
    inbound =
        InboundPlan.of(
            policy,
            last,
            tokens,
            (source, reason) -> {
              Rejection rejection = rejection(INBOUND, INBOUND_NAME, source, reason);
              rejections.add(rejection);
              standing.put(INBOUND + "/" + INBOUND_NAME + "/" + source, rejection);
            });
  }

  private void put(Upstream upstream) {
    String name = upstream.name();
    accept(UPSTREAM, name);
    leaving.remove(name);
    CompiledUpstream last = upstreams.get(name);
    if (last == null) {
      upstreams.put(name, new CompiledUpstream(upstream, Collections.emptyList(), version));
    } else if (!last.source.equals(upstream)) {
      upstreams.put(name, new CompiledUpstream(upstream, last.endpoints, version));
    }
  }

  private void put(Endpoints endpoints) {
    String name = endpoints.name();
    CompiledUpstream last = upstreams.get(name);
    if (last == null) {
      reject(ENDPOINTS, name, "", "unknown upstream " + name);
      return;
    }
    List<EndpointInfo> list = endpoints.endpoints();
    for (int i = 0; i < list.size(); i++) {
      String reason = problem("endpoints[" + i + "]", list.get(i), list.size() == 1);
      if (reason != null) {
        reject(ENDPOINTS, name, "", reason);
        return;
      }
    }
    accept(ENDPOINTS, name);
    if (!last.endpoints.equals(list)) {
      upstreams.put(name, new CompiledUpstream(last.source, list, version));
    }
  }

  private static @Nullable String problem(String path, EndpointInfo endpoint, boolean single) {
    if (endpoint.address().isEmpty() || (!single && IpLiteral.parse(endpoint.address()) == null)) {
      return path
          + ".address: "
          + endpoint.address()
          + " (expected: an IP address; a host name only as the one endpoint of its upstream)";
    }
    if (endpoint.port() < 0 || endpoint.port() > 65535) {
      return path + ".port: " + endpoint.port() + " (expected: 0 to 65535)";
    }
    if (endpoint.weight() < 1) {
      return path + ".weight: " + endpoint.weight() + " (expected: >= 1)";
    }
    return null;
  }

  private void put(RouteTable table) {
    CompiledTable last = tables.get(table.name());
    String source = table.source().isEmpty() ? "" : "VirtualService/" + table.source();
    if (last == null || !last.source.equals(table)) {
      try {
        CompiledTable compiled = compiler.compile(table);
        checkUpstreams(compiled);
        tables.put(table.name(), compiled);
      } catch (InvalidResource e) {
        reject(TABLE, table.name(), source, String.valueOf(e.getMessage()));
        return;
      } catch (RuntimeException e) {
        // Whatever a resource manages to break, the others of the update must apply.
        reject(TABLE, table.name(), source, "cannot be compiled: " + e);
        return;
      }
    }
    accept(TABLE, table.name());
  }

  private void checkUpstreams(CompiledTable table) throws InvalidResource {
    for (CompiledRule rule : table.rules) {
      for (CompiledDestination destination : rule.route.destinations) {
        if (!upstreams.containsKey(destination.upstream)) {
          throw new InvalidResource(unknown(destination.upstream));
        }
      }
    }
  }

  /** {@code outbound|port|subset|host} in words. */
  private static String unknown(String upstream) {
    String[] parts = upstream.split("\\|", -1);
    return parts.length == 4 && !parts[2].isEmpty()
        ? "unknown subset " + parts[2] + " of " + parts[3]
        : "unknown upstream " + upstream;
  }

  /** A table that kept its last good version keeps its upstreams, too. */
  private void removeLeaving() {
    if (leaving.isEmpty()) {
      return;
    }
    Set<String> used = new HashSet<>();
    for (CompiledTable table : tables.values()) {
      for (CompiledRule rule : table.rules) {
        for (CompiledDestination destination : rule.route.destinations) {
          used.add(destination.upstream);
        }
      }
    }
    for (Iterator<String> names = leaving.iterator(); names.hasNext(); ) {
      String name = names.next();
      if (!used.contains(name)) {
        upstreams.remove(name);
        accept(UPSTREAM, name);
        accept(ENDPOINTS, name);
        names.remove();
      }
    }
  }

  private void reject(String kind, String name, String source, String reason) {
    Rejection rejection = rejection(kind, name, source, reason);
    rejections.add(rejection);
    standing.put(kind + "/" + name, rejection);
  }

  private static Rejection rejection(String kind, String name, String source, String reason) {
    return Rejection.builder().kind(kind).name(name).source(source).reason(reason).build();
  }

  private void accept(String kind, String name) {
    standing.remove(kind + "/" + name);
  }
}
