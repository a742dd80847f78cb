package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import dev.weft.engine.address.IpLiteral;
import dev.weft.engine.balancing.Host;
import dev.weft.engine.routing.RouteMatcher;
import dev.weft.engine.snapshot.CompiledRoute;
import dev.weft.engine.snapshot.CompiledTable;
import dev.weft.engine.snapshot.CompiledUpstream;
import dev.weft.engine.snapshot.Snapshot;
import dev.weft.model.EndpointInfo;
import dev.weft.model.RouteTable;
import dev.weft.model.Upstream;
import dev.weft.outbound.OutboundMesh;
import dev.weft.transport.Endpoint;
import java.net.InetAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a library that no adapter knows: by the routes that do not look at a request,
 * an endpoint for the whole connection. Reads from top to bottom.
 */
final class TcpConnection implements OutboundMesh.Connection {

  private static final int HTTP_PORT = 80;

  private final Engine engine;
  private final TcpConnections owner;
  private final String table;
  private final String host;
  private final int port;
  private final @Nullable InetAddress address;
  private final @Nullable CompletionStage<?> pending;
  private final long patienceNanos;

  private final AtomicBoolean over = new AtomicBoolean();
  private @Nullable CompiledUpstream upstream;
  private @Nullable UpstreamState state;
  private @Nullable Host picked;
  private @Nullable Endpoint endpoint;
  private String routeName = "";
  private String reason = "";
  private volatile ConnectionMeter meter = ConnectionMeter.NONE;

  /**
   * @param table name of the route table of {@code host} and {@code port}
   * @param address where the application would connect to; null where it has none
   * @param pending what its policy comes with; null where it is there, or will not come
   */
  TcpConnection(
      Engine engine,
      TcpConnections owner,
      String table,
      String host,
      int port,
      @Nullable InetAddress address,
      @Nullable CompletionStage<?> pending,
      long patienceNanos) {
    this.engine = engine;
    this.owner = owner;
    this.table = table;
    this.host = host;
    this.port = port;
    this.address = address;
    this.pending = pending;
    this.patienceNanos = patienceNanos;
  }

  @Override
  public @Nullable CompletionStage<?> pending() {
    return pending;
  }

  @Override
  public long patienceNanos() {
    return patienceNanos;
  }

  // ---- decide

  @Override
  public Step start() {
    Snapshot snapshot = engine.snapshot();
    CompiledTable routes = snapshot.table(table);
    if (routes == null) {
      return Step.LEAVE;
    }
    if (routes.source.disposition() != RouteTable.Disposition.ROUTED) {
      return routes.source.disposition() == RouteTable.Disposition.BLOCKED
              && !owner.isLetOut(port, address)
          ? blocked()
          : Step.LEAVE;
    }
    CompiledRoute route = RouteMatcher.withoutRequest(routes, host, port);
    if (route == null || route.destinations.length == 0) {
      return Step.LEAVE;
    }
    CompiledUpstream target =
        snapshot.upstream(RouteMatcher.destination(route, engine.random()).upstream);
    if (target == null) {
      return Step.LEAVE;
    }
    routeName = route.source.name();
    upstream = target;
    state = engine.state(target);
    return limited(target, state);
  }

  private Step limited(CompiledUpstream target, UpstreamState known) {
    if (!known.gate.tryConnect(target.source.connectionPool())) {
      return refuse("the limit of connections is reached", Flags.OVERFLOW);
    }
    Step step = Step.LEAVE;
    try {
      step = isOwnTls(target.source) ? Step.COUNT : balanced(target, known);
    } finally {
      if (step == Step.LEAVE || step == Step.REFUSE) {
        over.set(true);
        known.gate.leaveConnection();
      }
    }
    return step;
  }

  /** What the application encrypts by itself goes where it wants, as requests of https do. */
  private static boolean isOwnTls(Upstream source) {
    return source.protocol().equals("HTTPS") || source.protocol().equals("TLS");
  }

  private Step balanced(CompiledUpstream target, UpstreamState known) {
    if (target.endpoints.isEmpty()) {
      return Step.LEAVE;
    }
    Host chosen = pick(target, known);
    if (chosen == null) {
      return refuse("no healthy upstream", Flags.NO_HEALTHY_UPSTREAM);
    }
    EndpointInfo info = chosen.info();
    if (isAnotherServer(target.source, info)) {
      known.hosts.end(chosen);
      return Step.LEAVE;
    }
    picked = chosen;
    if (!chosen.isAddress()) {
      // A name that only DNS knows.
      return Step.COUNT;
    }
    endpoint = chosen.endpoint(engine.transport(target.source.tlsMode(), info), port);
    return Step.REDIRECT;
  }

  /**
   * Who names an instance of a protocol with state of its own means that very one: the nodes of a
   * cluster, a primary. With HTTP any will do, as for requests.
   */
  private @Nullable Host pick(CompiledUpstream target, UpstreamState known) {
    long now = engine.now();
    if (!isHttp(target.source) && IpLiteral.parse(host) != null) {
      Host named = known.hosts.beginAt(target, now, host, port);
      if (named != null) {
        return named;
      }
    }
    return known.hosts.begin(target, now, null);
  }

  private static boolean isHttp(Upstream source) {
    return source.protocol().startsWith("HTTP") || source.protocol().startsWith("GRPC");
  }

  /**
   * A service that declares no ports answers requests on the ones that its instances told. A
   * connection to another port (JMX, a cluster's own) is to another server of the same machine.
   */
  private boolean isAnotherServer(Upstream source, EndpointInfo info) {
    return source.port() == 0 && info.port() != 0 && info.port() != port && port != HTTP_PORT;
  }

  private Step blocked() {
    routeName = "block_all";
    over.set(true);
    owner.refused(
        host + ":" + port, "unknown to the mesh, and outboundTrafficPolicy is REGISTRY_ONLY");
    return refuse(
        "host and port are unknown to the mesh, and its outboundTrafficPolicy is REGISTRY_ONLY"
            + " (a ServiceEntry makes them known)",
        0);
  }

  private Step refuse(String why, int flag) {
    reason = host + ":" + port + ": " + why;
    ConnectionMeter refused = engine.connection(record(flag));
    refused.closed();
    return Step.REFUSE;
  }

  @Override
  public Endpoint endpoint() {
    return requireNonNull(endpoint, "endpoint");
  }

  @Override
  public long connectTimeoutNanos() {
    return requireNonNull(upstream, "upstream").source.connectionPool().connectTimeoutNanos();
  }

  @Override
  public String reason() {
    return reason;
  }

  // ---- what becomes of it

  @Override
  public void connected() {
    Host host = picked;
    if (host != null) {
      requireNonNull(state).hosts.answered(host, 200, engine.now());
    }
    meter = engine.connection(record(0));
  }

  @Override
  public void failed(Throwable failure) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    Host host = picked;
    if (host != null) {
      requireNonNull(state).hosts.failed(host, false, engine.now());
    }
    engine.connection(record(Flags.CONNECT_FAILURE)).closed();
    release();
  }

  @Override
  public void sent(long bytes) {
    meter.sent(bytes);
  }

  @Override
  public void received(long bytes) {
    meter.received(bytes);
  }

  @Override
  public void closed() {
    if (over.compareAndSet(false, true)) {
      meter.closed();
      release();
    }
  }

  private void release() {
    UpstreamState known = requireNonNull(state);
    Host host = picked;
    if (host != null) {
      known.hosts.end(host);
    }
    known.gate.leaveConnection();
  }

  private CallRecord record(int flags) {
    CallRecord.Builder record = new CallRecord.Builder();
    record.side = CallRecord.Side.OUTBOUND;
    record.authority = table;
    record.route = routeName;
    record.flags = Flags.text(flags);
    CompiledUpstream target = upstream;
    record.upstream = target == null ? null : target.source;
    Host host = picked;
    if (target != null && host != null) {
      EndpointInfo info = host.info();
      record.endpoint = info;
      Endpoint to = endpoint;
      record.mutualTls = to != null && to.tls() && Engine.isMesh(target.source.tlsMode());
      if (record.mutualTls) {
        record.sourcePrincipal = engine.ownId();
        record.destinationPrincipal = info.identity();
      }
    }
    return record.build();
  }
}
