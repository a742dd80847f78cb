package dev.weft.control.push;

import dev.weft.control.core.Discovery;
import dev.weft.control.core.InstanceRegistry;
import dev.weft.control.core.StatusBoard;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.model.Route;
import dev.weft.model.RouteTable;
import dev.weft.model.TrustBundle;
import dev.weft.model.Upstream;
import dev.weft.model.WeightedUpstream;
import dev.weft.policy.InboundResolution;
import dev.weft.policy.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Core's ports as a test sets them; what push tells them can be taken. */
final class World implements Discovery, InstanceRegistry, StatusBoard {

  private final Map<String, Resolution> resolutions = new ConcurrentHashMap<>();
  private final AtomicLong revision = new AtomicLong(1);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  final AtomicInteger resolved = new AtomicInteger();
  volatile boolean broken;
  volatile boolean inboundBroken;
  volatile InboundResolution inbound =
      new InboundResolution(InboundPolicy.builder().build(), Set.of(), List.of(), List.of());
  volatile TrustBundle trust = TrustBundle.builder().trustDomain("cluster.local").build();

  /** What push said last when it had nothing to send. */
  volatile Set<String> using = Set.of();

  /** A table that leads to {@code upstreams}, each with one endpoint of address {@code address}. */
  static Resolution table(String name, String source, String address, String... upstreams) {
    List<WeightedUpstream> destinations = new ArrayList<>();
    List<Upstream> sent = new ArrayList<>();
    List<Endpoints> endpoints = new ArrayList<>();
    for (String upstream : upstreams) {
      destinations.add(WeightedUpstream.builder().upstream(upstream).build());
      sent.add(Upstream.builder().name(upstream).build());
      endpoints.add(
          Endpoints.builder()
              .name(upstream)
              .endpoints(List.of(EndpointInfo.builder().address(address).port(80).build()))
              .build());
    }
    RouteTable table =
        RouteTable.builder()
            .name(name)
            .routes(List.of(Route.builder().destinations(destinations).build()))
            .build();
    return new Resolution(
        table, sent, endpoints, source.isEmpty() ? Set.of() : Set.of(source.split(",")), List.of());
  }

  void put(Resolution resolution) {
    resolutions.put(resolution.routeTable().name(), resolution);
  }

  void change(Resolution... changed) {
    for (Resolution each : changed) {
      put(each);
    }
    revision.incrementAndGet();
    listeners.forEach(Runnable::run);
  }

  @Override
  public Resolution resolve(Registration caller, String routeTable) {
    resolved.incrementAndGet();
    if (broken) {
      throw new IllegalStateException("bug in core");
    }
    Resolution known = resolutions.get(routeTable);
    return known != null
        ? known
        : new Resolution(
            RouteTable.builder()
                .name(routeTable)
                .disposition(RouteTable.Disposition.PASS_THROUGH)
                .build(),
            List.of(),
            List.of(),
            Set.of(),
            List.of());
  }

  /** A policy with this mode, made of {@code sources}. */
  static InboundResolution inbound(InboundPolicy.MutualTls mode, String... sources) {
    return new InboundResolution(
        InboundPolicy.builder().mutualTls(mode).build(), Set.of(sources), List.of(), List.of());
  }

  @Override
  public InboundResolution inbound(Registration workload) {
    if (inboundBroken) {
      throw new IllegalStateException("bug in core");
    }
    return inbound;
  }

  @Override
  public TrustBundle trustBundle() {
    return trust;
  }

  @Override
  public long revision() {
    return revision.get();
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public Lease register(Registration registration) {
    told.add("register " + registration.instanceId());
    String id = registration.instanceId();
    return new Lease() {
      @Override
      public void update(Registration changed) {
        told.add("update " + id + " " + changed.state());
      }

      @Override
      public void release() {
        told.add("release " + id);
      }

      @Override
      public void lost() {
        told.add("lost " + id);
      }
    };
  }

  @Override
  public List<Registration> instances() {
    return List.of();
  }

  @Override
  public void connected(Registration agent) {
    told.add("connected " + agent.instanceId());
  }

  @Override
  public void disconnected(String instanceId) {
    told.add("disconnected " + instanceId);
  }

  @Override
  public void sent(String instanceId, String nonce, Set<String> sources) {
    told.add("sent " + instanceId + " " + nonce + " " + sources);
  }

  @Override
  public void uses(String instanceId, Set<String> sources) {
    using = sources;
  }

  @Override
  public void answered(String instanceId, String nonce, List<Rejection> rejections) {
    List<String> texts = new ArrayList<>();
    for (Rejection rejection : rejections) {
      texts.add(rejection.source() + ": " + rejection.reason());
    }
    told.add("answered " + instanceId + " " + nonce + " " + texts);
  }

  /** The next thing that push told. */
  String take() throws InterruptedException {
    String next = told.poll(5, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("push told nothing within 5 s");
    }
    return next;
  }

  List<String> rest() {
    List<String> rest = new ArrayList<>();
    told.drainTo(rest);
    return rest;
  }
}
