package dev.weft.engine;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.Rejection;
import dev.weft.model.Route;
import dev.weft.model.RouteTable;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.model.WeightedUpstream;
import dev.weft.outbound.Directive;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.OutboundRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/** An engine with a clock moved by hand, chance that is seeded or told, and all records kept. */
final class TestMesh {

  static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";
  static final long MS = 1_000_000L;
  static final long SECOND = 1_000_000_000L;

  final List<CallRecord> records = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong clock = new AtomicLong(1_000 * SECOND);
  volatile boolean identity;
  volatile int generation = 1;
  final Engine engine;

  /** Draws to come, before chance takes over. */
  final Deque<Long> draws = new ArrayDeque<>();

  /** Of the last draw. */
  volatile long lastBound;

  /** Runs once when the engine next asks for the time: in the middle of a decision. */
  final AtomicReference<Runnable> atNextTick = new AtomicReference<>();

  private final Random random = new Random(42);

  TestMesh() {
    this(HostDirectory.NONE);
  }

  TestMesh(HostDirectory directory) {
    this(directory, EngineSettings.DEFAULTS);
  }

  /** One whose servers ask by {@code settings}. */
  TestMesh(EngineSettings settings) {
    this(HostDirectory.NONE, settings);
  }

  TestMesh(HostDirectory directory, EngineSettings settings) {
    IntSupplier generation = () -> identity ? this.generation : 0;
    engine =
        new Engine(
            new Workload("web", "shop", "web-1", "web", "v7", Map.of("app", "web"), "eu/eu-1/a"),
            new HandMovedClock(),
            this::draw,
            new Records(),
            directory,
            settings.identityGeneration(generation));
  }

  /** Of connections: each line what became of one, in the order in which it was told. */
  final List<String> meters = Collections.synchronizedList(new ArrayList<>());

  private final class Records implements CallRecorder {
    @Override
    public void record(CallRecord record) {
      records.add(record);
    }

    @Override
    public ConnectionMeter connection(CallRecord record) {
      String address = record.endpoint == null ? "?" : record.endpoint.address();
      meters.add("opened " + address + " " + record.flags + (record.mutualTls ? " mTLS" : ""));
      return new ConnectionMeter() {
        @Override
        public void sent(long bytes) {
          meters.add("sent " + bytes);
        }

        @Override
        public void received(long bytes) {
          meters.add("received " + bytes);
        }

        @Override
        public void closed() {
          meters.add("closed " + address);
        }
      };
    }
  }

  /** The wall clock goes with the other one. */
  private final class HandMovedClock implements Ticker {
    @Override
    public long nanos() {
      return tick();
    }

    @Override
    public long epochSeconds() {
      return clock.get() / SECOND;
    }
  }

  private long tick() {
    Runnable then = atNextTick.getAndSet(null);
    if (then != null) {
      then.run();
    }
    return clock.get();
  }

  private synchronized long draw(long bound) {
    lastBound = bound;
    Long told = draws.poll();
    if (told == null) {
      return (long) (random.nextDouble() * bound);
    }
    if (told >= bound) {
      throw new AssertionError("told to draw " + told + " below " + bound);
    }
    return told;
  }

  TestMesh applied(Update.Builder update) {
    List<Rejection> rejections = engine.apply(update.build());
    if (!rejections.isEmpty()) {
      throw new AssertionError(rejections.toString());
    }
    return this;
  }

  void pass(long nanos) {
    clock.addAndGet(nanos);
  }

  /** One service with endpoints 10.0.0.1, 10.0.0.2 and so on, and one plain route to it. */
  TestMesh service(int endpoints) {
    return service(endpoints, route -> route);
  }

  /** One service with endpoints 10.0.0.1, 10.0.0.2 and so on, and one route to it. */
  TestMesh service(int endpoints, UnaryOperator<Route.Builder> route) {
    return service(endpoints, upstream -> upstream, route);
  }

  TestMesh service(
      int endpoints, UnaryOperator<Upstream.Builder> upstream, UnaryOperator<Route.Builder> route) {
    return applied(
        Update.builder()
            .upstreams(List.of(upstream.apply(upstream(REVIEWS)).build()))
            .endpoints(List.of(endpoints(REVIEWS, endpoints)))
            .routeTables(List.of(table(route.apply(route(REVIEWS)).build()))));
  }

  static Upstream.Builder upstream(String name) {
    String[] parts = name.split("\\|", -1);
    return Upstream.builder()
        .name(name)
        .port(Integer.parseInt(parts[1]))
        .subset(parts[2])
        .service(parts[3])
        .serviceNamespace("default");
  }

  static Endpoints endpoints(String upstream, int count) {
    List<EndpointInfo> list = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      list.add(endpoint(i).build());
    }
    return Endpoints.builder().name(upstream).endpoints(list).build();
  }

  static EndpointInfo.Builder endpoint(int number) {
    return EndpointInfo.builder()
        .address("10.0.0." + number)
        .port(8080)
        .workload("reviews-" + number)
        .namespace("default")
        .canonicalService("reviews")
        .canonicalRevision("v1");
  }

  static Route.Builder route(String... upstreams) {
    List<WeightedUpstream> destinations = new ArrayList<>();
    for (String upstream : upstreams) {
      destinations.add(WeightedUpstream.builder().upstream(upstream).build());
    }
    return Route.builder().name("primary").destinations(destinations);
  }

  static RouteTable table(Route... routes) {
    return RouteTable.builder()
        .name("reviews:9080")
        .service("reviews.default.svc.cluster.local")
        .serviceNamespace("default")
        .source("default/reviews")
        .routes(Arrays.asList(routes))
        .build();
  }

  OutboundCall open(OutboundRequest request) {
    return engine.open(request);
  }

  Directive start(OutboundRequest request) {
    return engine.open(request).start();
  }

  /** The last record, which must be the only one since the last question. */
  CallRecord taken() {
    if (records.size() != 1) {
      throw new AssertionError("expected one record: " + records);
    }
    return records.remove(0);
  }
}
