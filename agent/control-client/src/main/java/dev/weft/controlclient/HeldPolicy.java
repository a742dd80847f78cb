package dev.weft.controlclient;

import dev.weft.bootstrap.Mesh;
import dev.weft.engine.PolicySink;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Rejection;
import dev.weft.model.RouteTable;
import dev.weft.model.Update;
import dev.weft.wire.Decoded;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.Weft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The resources in force at the engine, as they came: what is known at a reconnect, and what goes
 * to disk. Of a resource that was refused it keeps the last good version. The inbound policy and
 * the trust bundle stay until others come; a server cannot take them away. Used on one thread.
 */
final class HeldPolicy {

  /** An ALLOW policy that no request matches. */
  private static final InboundPolicy DENY_ALL =
      InboundPolicy.builder()
          .authorizationPolicies(
              Collections.singletonList(
                  AuthorizationPolicy.builder().source("weft/inbound-policy-not-readable").build()))
          .build();

  private final PolicySink sink;
  private final EndpointNames names;

  /** By kind and name. */
  private final Map<String, Weft.Resource> held = new LinkedHashMap<>();

  /**
   * Held, but refused in part: not told as known, so that the server sends it again at a reconnect
   * and hears again what is wrong with it.
   */
  private final Set<String> refusedInPart = new HashSet<>();

  private final Set<String> passThrough = new LinkedHashSet<>();

  HeldPolicy(PolicySink sink, EndpointNames names) {
    this.sink = sink;
    this.names = names;
  }

  /**
   * Gives one consistent set to the engine.
   *
   * @param decoded of {@code resources}
   * @return what was refused, by the codec or by the engine; everything else is in force
   */
  List<Rejection> apply(
      List<Weft.Resource> resources, Decoded decoded, List<Weft.ResourceName> removed) {
    Set<String> removedTables = removedNames(removed, Weft.ResourceKind.ROUTE_TABLE);
    Set<String> removedUpstreams = removedNames(removed, Weft.ResourceKind.UPSTREAM);
    List<Endpoints> endpoints = new ArrayList<>(decoded.endpoints().size());
    for (Endpoints each : decoded.endpoints()) {
      names.keep(each);
      endpoints.add(names.resolved(each));
    }
    List<Rejection> rejections = new ArrayList<>(decoded.rejections());
    try {
      rejections.addAll(
          sink.apply(
              Update.builder()
                  .routeTables(decoded.routeTables())
                  .upstreams(decoded.upstreams())
                  .endpoints(endpoints)
                  .inboundPolicy(inboundPolicy(decoded))
                  .trustBundle(decoded.trustBundle())
                  .removedRouteTables(removedTables)
                  .removedUpstreams(removedUpstreams)
                  .build()));
    } catch (RuntimeException e) {
      // The engine's fault, not the resources'; still they are not in force, and the server must
      // hear so.
      Mesh.problem("apply policy", e);
      return refuseAll(resources, "internal error: " + e);
    }
    keep(resources, refused(rejections), removedTables, removedUpstreams, decoded);
    sortOut(decoded.routeTables());
    return rejections;
  }

  /**
   * The one that came; null to leave what is in force. Where one came that cannot be read and none
   * is in force, nobody knows whom it keeps out: then it is everybody.
   */
  private @Nullable InboundPolicy inboundPolicy(Decoded decoded) {
    boolean none =
        !held.containsKey(key(Weft.ResourceKind.INBOUND_POLICY, WireCodec.INBOUND_POLICY_NAME));
    return decoded.inboundPolicy() == null && none && unreadable(decoded.rejections())
        ? DENY_ALL
        : decoded.inboundPolicy();
  }

  private static boolean unreadable(List<Rejection> rejections) {
    for (Rejection rejection : rejections) {
      if (rejection.kind().equals(WireCodec.kindName(Weft.ResourceKind.INBOUND_POLICY))) {
        return true;
      }
    }
    return false;
  }

  private void keep(
      List<Weft.Resource> resources,
      Set<String> refused,
      Set<String> removedTables,
      Set<String> removedUpstreams,
      Decoded decoded) {
    for (Weft.Resource resource : resources) {
      String key = key(resource.getKind(), resource.getName());
      // An inbound policy that can be read is in force: a part of it that the engine refuses keeps
      // its last good version or denies what it selects. The one before would let more in.
      boolean inPart =
          resource.getKind() == Weft.ResourceKind.INBOUND_POLICY && decoded.inboundPolicy() != null;
      if (!refused.contains(key)) {
        held.put(key, resource);
        refusedInPart.remove(key);
      } else if (inPart) {
        held.put(key, resource);
        refusedInPart.add(key);
      }
    }
    for (String name : removedTables) {
      held.remove(key(Weft.ResourceKind.ROUTE_TABLE, name));
      passThrough.remove(name);
    }
    for (String name : removedUpstreams) {
      held.remove(key(Weft.ResourceKind.UPSTREAM, name));
      held.remove(key(Weft.ResourceKind.ENDPOINTS, name));
      names.forget(name);
    }
  }

  private static Set<String> refused(List<Rejection> rejections) {
    Set<String> refused = new HashSet<>();
    for (Rejection rejection : rejections) {
      refused.add(rejection.kind() + ' ' + rejection.name());
    }
    return refused;
  }

  private void sortOut(List<RouteTable> tables) {
    for (RouteTable table : tables) {
      if (table.disposition() == RouteTable.Disposition.PASS_THROUGH) {
        passThrough.add(table.name());
      } else {
        passThrough.remove(table.name());
      }
    }
  }

  /** Addresses of endpoints changed; nothing the server needs to know. */
  void readdress(List<Endpoints> endpoints) {
    sink.apply(Update.builder().endpoints(endpoints).build());
  }

  /** Takes a table that is no longer subscribed to out of the engine. */
  void drop(String routeTable) {
    held.remove(key(Weft.ResourceKind.ROUTE_TABLE, routeTable));
    passThrough.remove(routeTable);
    sink.apply(Update.builder().removedRouteTables(Collections.singleton(routeTable)).build());
  }

  /** Route tables that say no more than "pass through", in the order in which they came. */
  Set<String> passThrough() {
    return passThrough;
  }

  List<Weft.Known> known() {
    List<Weft.Known> known = new ArrayList<>(held.size());
    for (Weft.Resource resource : held.values()) {
      if (refusedInPart.contains(key(resource.getKind(), resource.getName()))) {
        continue;
      }
      known.add(
          Weft.Known.newBuilder()
              .setKind(resource.getKind())
              .setName(resource.getName())
              .setVersion(resource.getVersion())
              .build());
    }
    return known;
  }

  Collection<Weft.Resource> resources() {
    return held.values();
  }

  List<String> routeTables() {
    List<String> tables = new ArrayList<>();
    for (Weft.Resource resource : held.values()) {
      if (resource.getKind() == Weft.ResourceKind.ROUTE_TABLE) {
        tables.add(resource.getName());
      }
    }
    return tables;
  }

  private static Set<String> removedNames(List<Weft.ResourceName> removed, Weft.ResourceKind kind) {
    Set<String> of = new LinkedHashSet<>();
    for (Weft.ResourceName name : removed) {
      if (name.getKind() == kind) {
        of.add(name.getName());
      }
    }
    return of;
  }

  private static List<Rejection> refuseAll(List<Weft.Resource> resources, String reason) {
    List<Rejection> all = new ArrayList<>();
    for (Weft.Resource resource : resources) {
      all.add(
          Rejection.builder()
              .kind(WireCodec.kindName(resource.getKind()))
              .name(resource.getName())
              .reason(reason)
              .build());
    }
    return all;
  }

  private static String key(Weft.ResourceKind kind, String name) {
    return WireCodec.kindName(kind) + ' ' + name;
  }
}
