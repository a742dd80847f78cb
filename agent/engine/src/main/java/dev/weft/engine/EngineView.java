package dev.weft.engine;

import dev.weft.engine.balancing.Host;
import dev.weft.engine.snapshot.CompiledTable;
import dev.weft.engine.snapshot.CompiledUpstream;
import dev.weft.engine.snapshot.InboundPlan;
import dev.weft.engine.snapshot.Snapshot;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.JwtRule;
import dev.weft.model.Rejection;
import dev.weft.model.RouteTable;
import dev.weft.model.Upstream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the engine holds, as plain values for the admin endpoint. Reading changes nothing. */
public final class EngineView {

  private final Engine engine;

  EngineView(Engine engine) {
    this.engine = engine;
  }

  /** All policy in force, by name. */
  public static final class Policy {
    /** How many updates were applied; 0 before the first. */
    public final long version;

    /** Since the last update; 0 before the first. */
    public final long ageNanos;

    public final List<RouteTable> routeTables;
    public final List<Upstream> upstreams;
    public final List<Endpoints> endpoints;

    /** What becomes of requests that arrive, without secrets; null when nobody said. */
    public final @Nullable InboundPolicy inboundPolicy;

    /** Resources whose newest version was refused; their last good one is in force. */
    public final List<Rejection> rejections;

    Policy(Snapshot snapshot, long ageNanos) {
      this.version = snapshot.version();
      this.ageNanos = ageNanos;
      List<RouteTable> tables = new ArrayList<>();
      for (CompiledTable table : new TreeMap<>(snapshot.tables()).values()) {
        tables.add(table.source);
      }
      List<Upstream> sources = new ArrayList<>();
      List<Endpoints> lists = new ArrayList<>();
      for (CompiledUpstream upstream : new TreeMap<>(snapshot.upstreams()).values()) {
        sources.add(upstream.source);
        lists.add(
            Endpoints.builder().name(upstream.source.name()).endpoints(upstream.endpoints).build());
      }
      this.routeTables = Collections.unmodifiableList(tables);
      this.upstreams = Collections.unmodifiableList(sources);
      this.endpoints = Collections.unmodifiableList(lists);
      InboundPlan inbound = snapshot.inbound();
      this.inboundPolicy = inbound == null ? null : withoutSecrets(inbound.source);
      this.rejections =
          Collections.unmodifiableList(
              new ArrayList<>(new TreeMap<>(snapshot.rejections()).values()));
    }
  }

  /** A key that signs as well as it verifies is nobody's business. */
  private static InboundPolicy withoutSecrets(InboundPolicy policy) {
    List<JwtRule> rules = new ArrayList<>();
    for (JwtRule rule : policy.jwtRules()) {
      rules.add(
          rule.jwksUri().isEmpty() && !rule.jwks().isEmpty()
              ? rule.toBuilder().jwks("(inline)").build()
              : rule);
    }
    return policy.toBuilder().jwtRules(rules).build();
  }

  /** One upstream at work. */
  public static final class Cluster {
    public final String name;

    /** Requests under way. */
    public final int active;

    /** Open connections of libraries that no adapter knows. */
    public final int connections;

    /** Of the active requests, retries. */
    public final int activeRetries;

    /** Requests that were refused for the limits. */
    public final long overflows;

    /** Retries that were refused for the limits. */
    public final long retryOverflows;

    /** Empty until the first request, though endpoints may be known. */
    public final List<Member> endpoints;

    Cluster(String name, UpstreamState state, long now) {
      this.name = name;
      this.active = state.gate.active();
      this.connections = state.gate.connections();
      this.activeRetries = state.gate.activeRetries();
      this.overflows = state.gate.overflows();
      this.retryOverflows = state.gate.retryOverflows();
      List<Member> members = new ArrayList<>();
      for (Host host : state.hosts.view()) {
        members.add(new Member(host, now));
      }
      this.endpoints = Collections.unmodifiableList(members);
    }
  }

  /** One endpoint at work. */
  public static final class Member {
    public final EndpointInfo endpoint;

    /** Attempts under way. */
    public final int active;

    /** Attempts so far. */
    public final long total;

    /** Of them, answered with less than 500. */
    public final long successes;

    public final boolean ejected;

    /** How long the ejection lasts at least; 0 where there is none. */
    public final long ejectedForNanos;

    public final int consecutive5xx;
    public final int consecutiveGatewayErrors;
    public final int consecutiveLocalFailures;

    Member(Host host, long now) {
      this.endpoint = host.info();
      this.active = host.active();
      this.total = host.total();
      this.successes = host.successes();
      this.ejected = host.ejected();
      this.ejectedForNanos = ejected ? Math.max(0, host.ejectedUntil() - now) : 0;
      this.consecutive5xx = host.consecutive5xx();
      this.consecutiveGatewayErrors = host.consecutiveGatewayErrors();
      this.consecutiveLocalFailures = host.consecutiveLocalFailures();
    }
  }

  public Policy policy() {
    Snapshot snapshot = engine.snapshot();
    return new Policy(snapshot, snapshot.version() == 0 ? 0 : engine.now() - engine.appliedAt());
  }

  /** Upstreams that were called at least once, by name. */
  public List<Cluster> clusters() {
    List<Cluster> clusters = new ArrayList<>();
    for (String name : new TreeMap<>(engine.snapshot().upstreams()).keySet()) {
      UpstreamState state = engine.stateOrNull(name);
      if (state != null) {
        clusters.add(new Cluster(name, state, engine.now()));
      }
    }
    return Collections.unmodifiableList(clusters);
  }

  /**
   * What would become of a request, and why, one step a line. Nothing is counted or fetched.
   *
   * @param url absolute
   * @param headers by name, in any case
   */
  public List<String> explain(String method, String url, Map<String, String> headers) {
    return new Explanation(engine, method, url, headers).lines();
  }

  /**
   * What would become of a request that arrives, and why, one step a line. Nothing is counted, and
   * no authorizer is asked.
   *
   * @param path with or without query
   * @param headers by name, in any case
   * @param principal SPIFFE ID that the peer has proven; empty for plaintext
   * @param port of ours
   */
  public List<String> explainInbound(
      String method, String path, Map<String, String> headers, String principal, int port) {
    return new InboundExplanation(engine, method, path, headers, principal, port).lines();
  }
}
