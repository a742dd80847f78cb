package dev.weft.benchmarks;

import dev.weft.engine.CallRecorder;
import dev.weft.engine.Engine;
import dev.weft.engine.EngineSettings;
import dev.weft.engine.HostDirectory;
import dev.weft.engine.RandomSource;
import dev.weft.engine.Ticker;
import dev.weft.engine.Workload;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.RouteTable;
import dev.weft.model.StringMatch;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.model.WeightedUpstream;
import dev.weft.outbound.Directive;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the engine costs per request: 1,000 services with 10 routes each, two subsets of two
 * endpoints.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBenchmark {

  /** What the whole-process benchmark applies for its backend. */
  static final String POLICY =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: backend}
      spec:
        hosts: [backend]
        http:
          - match: [{headers: {x-user: {exact: tester}}}]
            route: [{destination: {host: backend}}]
            timeout: 5s
          - route: [{destination: {host: backend}}]
            timeout: 5s
            retries: {attempts: 2, retryOn: "connect-failure,refused-stream"}
      """;

  private static final int SERVICES = 1_000;
  private static final int ROUTES = 10;

  private final Engine engine =
      new Engine(
          new Workload("caller", "default", "caller-1", "caller", "v1", Map.of(), ""),
          Ticker.SYSTEM,
          RandomSource.SYSTEM,
          CallRecorder.NONE,
          HostDirectory.NONE,
          EngineSettings.DEFAULTS);
  private final Request first = new Request("service-7", "/api/0/items");
  private final Request last = new Request("service-993", "/api/9/items");

  /** Publishes the snapshot. */
  @Setup
  public void publish() {
    List<RouteTable> tables = new ArrayList<>();
    List<Upstream> upstreams = new ArrayList<>();
    List<Endpoints> endpoints = new ArrayList<>();
    for (int s = 0; s < SERVICES; s++) {
      String host = "service-" + s + ".default.svc.cluster.local";
      for (String subset : List.of("v1", "v2")) {
        String name = "outbound|80|" + subset + "|" + host;
        upstreams.add(Upstream.builder().name(name).service(host).subset(subset).port(80).build());
        endpoints.add(
            Endpoints.builder()
                .name(name)
                .endpoints(List.of(endpoint(s, 1), endpoint(s, 2)))
                .build());
      }
      tables.add(
          RouteTable.builder()
              .name("service-" + s + ":80")
              .service(host)
              .routes(routes(host))
              .build());
    }
    engine.apply(
        Update.builder().routeTables(tables).upstreams(upstreams).endpoints(endpoints).build());
  }

  private static EndpointInfo endpoint(int service, int instance) {
    return EndpointInfo.builder()
        .address("10." + service / 250 + "." + service % 250 + "." + instance)
        .port(8080)
        .build();
  }

  private static List<Route> routes(String host) {
    List<Route> routes = new ArrayList<>();
    for (int r = 0; r < ROUTES; r++) {
      routes.add(
          Route.builder()
              .name("route-" + r)
              .matches(
                  List.of(
                      RouteMatch.builder()
                          .uri(StringMatch.prefix("/api/" + r + "/"))
                          .headers(Map.of("x-tenant", StringMatch.exact("blue")))
                          .build()))
              .destinations(List.of(destination(host, "v1", 90), destination(host, "v2", 10)))
              .timeoutNanos(TimeUnit.SECONDS.toNanos(5))
              .build());
    }
    return routes;
  }

  private static WeightedUpstream destination(String host, String subset, int weight) {
    return WeightedUpstream.builder()
        .upstream("outbound|80|" + subset + "|" + host)
        .weight(weight)
        .build();
  }

  /** Open, start and close where the first route matches. */
  @Benchmark
  public Directive.Kind firstRoute() {
    return decide(first);
  }

  /** Open, start and close where only the tenth route matches. */
  @Benchmark
  public Directive.Kind tenthRoute() {
    return decide(last);
  }

  private Directive.Kind decide(Request request) {
    OutboundCall call = engine.open(request);
    Directive directive = call.start();
    if (directive.kind() != Directive.Kind.SEND) {
      throw new IllegalStateException(directive.toString());
    }
    call.close(Outcome.COMPLETED, 200, null);
    return directive.kind();
  }

  private static final class Request extends OutboundRequest {
    private final String authority;
    private final String path;

    Request(String authority, String path) {
      this.authority = authority;
      this.path = path;
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String scheme() {
      return "http";
    }

    @Override
    public String authority() {
      return authority;
    }

    @Override
    public int port() {
      return 80;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public @Nullable String header(String name) {
      return name.equals("x-tenant") ? "blue" : null;
    }

    @Override
    public boolean isReplayable() {
      return true;
    }
  }
}
