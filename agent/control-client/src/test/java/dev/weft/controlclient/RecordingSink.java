package dev.weft.controlclient;

import static java.util.Objects.requireNonNull;

import dev.weft.engine.PolicySink;
import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Rejection;
import dev.weft.model.RouteTable;
import dev.weft.model.TrustBundle;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An engine that keeps what it is given, and refuses what a test tells it to. */
final class RecordingSink implements PolicySink {

  final List<Update> updates = new CopyOnWriteArrayList<>();
  final Map<String, RouteTable> tables = new ConcurrentHashMap<>();
  final Map<String, Upstream> upstreams = new ConcurrentHashMap<>();
  final Map<String, Endpoints> endpoints = new ConcurrentHashMap<>();
  volatile @Nullable InboundPolicy inboundPolicy;
  volatile @Nullable TrustBundle trustBundle;
  volatile boolean refusesAPartOfTheInboundPolicy;
  final Set<String> refusedTables = ConcurrentHashMap.newKeySet();

  @Override
  public List<Rejection> apply(Update update) {
    updates.add(update);
    List<Rejection> rejections = new ArrayList<>();
    for (RouteTable table : update.routeTables()) {
      if (refusedTables.contains(table.service())) {
        rejections.add(
            Rejection.builder()
                .kind("RouteTable")
                .name(table.name())
                .reason("unknown subset v3 of payments")
                .build());
      } else {
        tables.put(table.name(), table);
      }
    }
    update.upstreams().forEach(each -> upstreams.put(each.name(), each));
    update.endpoints().forEach(each -> endpoints.put(each.name(), each));
    if (update.inboundPolicy() != null) {
      inboundPolicy = update.inboundPolicy();
      if (refusesAPartOfTheInboundPolicy) {
        rejections.add(
            Rejection.builder()
                .kind("InboundPolicy")
                .name("inbound")
                .source("AuthorizationPolicy/shop/deny")
                .reason("bad CIDR")
                .build());
      }
    }
    if (update.trustBundle() != null) {
      trustBundle = update.trustBundle();
    }
    update.removedRouteTables().forEach(tables::remove);
    update.removedUpstreams().forEach(upstreams::remove);
    update.removedUpstreams().forEach(endpoints::remove);
    return rejections;
  }

  RouteTable table(String name) {
    return requireNonNull(tables.get(name), name);
  }

  List<String> addresses(String upstream) {
    return Messages.addresses(requireNonNull(endpoints.get(upstream), upstream));
  }
}
