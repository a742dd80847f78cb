package dev.weft.benchmarks;

import dev.weft.engine.CallRecorder;
import dev.weft.engine.Engine;
import dev.weft.engine.EngineSettings;
import dev.weft.engine.HostDirectory;
import dev.weft.engine.PeerIdentity;
import dev.weft.engine.RandomSource;
import dev.weft.engine.Ticker;
import dev.weft.engine.Workload;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.AttributeMatch;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationPolicy.Action;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.InboundPolicy;
import dev.weft.model.OperationMatch;
import dev.weft.model.Rejection;
import dev.weft.model.SourceMatch;
import dev.weft.model.Update;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
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
 * What the engine costs per request that arrives over mutual TLS: without policy, and with ten
 * AuthorizationPolicies of which only the last one lets it in.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InboundBenchmark {

  private static final int OF_EACH = 5;

  private final Engine open = engine();
  private final Engine guarded = engine();
  private final Request plain = new Request("/api/4/items?page=2");
  private final Request encoded = new Request("/api/4/caf%C3%A9;v=1/items");

  private static Engine engine() {
    PeerIdentity peer =
        new PeerIdentity("spiffe://cluster.local/ns/shop/sa/web-4", "ab12".repeat(16), "");
    return new Engine(
        new Workload("reviews", "shop", "reviews-1", "reviews", "v1", Map.of(), ""),
        Ticker.SYSTEM,
        RandomSource.SYSTEM,
        CallRecorder.NONE,
        HostDirectory.NONE,
        EngineSettings.DEFAULTS
            .identity(() -> "spiffe://cluster.local/ns/shop/sa/reviews")
            .connections((remote, port) -> peer));
  }

  /** Five that deny, none of which matches; five that allow, of which the last one does. */
  @Setup
  public void publish() {
    List<AuthorizationPolicy> policies = new ArrayList<>();
    for (int i = 0; i < OF_EACH; i++) {
      policies.add(policy(Action.DENY, i, "/admin/" + i + "/*", "blocked-" + i));
      policies.add(policy(Action.ALLOW, i, "/api/" + i + "/*", "blue"));
    }
    List<Rejection> rejections =
        guarded.apply(
            Update.builder()
                .inboundPolicy(
                    InboundPolicy.builder()
                        .trustDomain("cluster.local")
                        .authorizationPolicies(policies)
                        .build())
                .build());
    if (!rejections.isEmpty()) {
      throw new IllegalStateException(rejections.toString());
    }
  }

  private static AuthorizationPolicy policy(Action action, int number, String path, String tenant) {
    AuthorizationRule rule =
        AuthorizationRule.builder()
            .from(
                List.of(
                    SourceMatch.builder()
                        .principals(
                            List.of(
                                "cluster.local/ns/other/sa/*",
                                action == Action.DENY
                                    ? "*/ns/shop/sa/web-4"
                                    : "cluster.local/ns/shop/sa/web-" + number))
                        .build()))
            .to(
                List.of(
                    OperationMatch.builder()
                        .methods(List.of("GET", "HEAD"))
                        .paths(List.of("/status", path))
                        .build()))
            .when(
                List.of(
                    AttributeMatch.builder()
                        .key("request.headers[x-tenant]")
                        .values(List.of(tenant))
                        .build()))
            .build();
    return AuthorizationPolicy.builder()
        .source("shop/" + action + "-" + number)
        .action(action)
        .rules(List.of(rule))
        .build();
  }

  /** Open and close where no policy is in force. */
  @Benchmark
  public InboundCall noPolicy() {
    return decide(open, plain);
  }

  /** Open and close where ten policies are asked. */
  @Benchmark
  public InboundCall tenPolicies() {
    return decide(guarded, plain);
  }

  /** The same with a path that is looked at in all of its views. */
  @Benchmark
  public InboundCall tenPoliciesEncodedPath() {
    return decide(guarded, encoded);
  }

  private static InboundCall decide(Engine engine, Request request) {
    InboundCall call = engine.open(request);
    if (call.reply() != null) {
      throw new IllegalStateException("refused: " + request.path());
    }
    call.close(Outcome.COMPLETED, 200);
    return call;
  }

  private static final class Request extends InboundRequest {
    private final InetSocketAddress peer = new InetSocketAddress("10.1.2.3", 40_000);
    private final String path;

    Request(String path) {
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
      return "reviews:9080";
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
    public InetSocketAddress peerAddress() {
      return peer;
    }

    @Override
    public int localPort() {
      return 8080;
    }
  }
}
