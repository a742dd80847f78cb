package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import dev.weft.context.CallContext;
import dev.weft.engine.balancing.Host;
import dev.weft.engine.routing.TableNames;
import dev.weft.engine.snapshot.CompiledTable;
import dev.weft.engine.snapshot.CompiledUpstream;
import dev.weft.engine.snapshot.InboundPlan;
import dev.weft.engine.snapshot.Snapshot;
import dev.weft.engine.snapshot.SnapshotBuilder;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.EndpointInfo;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Rejection;
import dev.weft.model.RouteTable;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.OutboundRequest;
import dev.weft.transport.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The decision machine of one process: takes policy, decides requests, keeps what it learned. Has
 * no thread and does no I/O; all methods may be called on any thread.
 */
public final class Engine implements OutboundMesh, InboundMesh, PolicySink {

  private final Workload self;
  private final Ticker ticker;
  private final LongUnaryOperator random;
  private final RandomSource randomSource;
  private final CallRecorder recorder;
  private final HostDirectory directory;
  private final EngineSettings settings;

  private final long started;
  private final String peerHeader;
  private final InboundGate gate;
  private final TcpConnections connections;

  /** What was let in and is not over, and may be ended. */
  private final Set<Revocable> exchanges = ConcurrentHashMap.newKeySet();

  private final TableNames tableNames = new TableNames();
  private final ConcurrentHashMap<String, UpstreamState> states = new ConcurrentHashMap<>();
  private volatile Snapshot snapshot = Snapshot.EMPTY;
  private volatile long appliedAt;

  public Engine(
      Workload self,
      Ticker ticker,
      RandomSource random,
      CallRecorder recorder,
      HostDirectory directory,
      EngineSettings settings) {
    this.self = requireNonNull(self, "self");
    this.ticker = requireNonNull(ticker, "ticker");
    this.randomSource = requireNonNull(random, "random");
    this.random = random::nextLong;
    this.recorder = requireNonNull(recorder, "recorder");
    this.directory = requireNonNull(directory, "directory");
    this.settings = requireNonNull(settings, "settings");
    this.started = ticker.nanos();
    this.peerHeader = PeerHeader.of(self);
    this.gate = new InboundGate(this, settings);
    this.connections = new TcpConnections(this, tableNames, settings);
  }

  @Override
  public OutboundCall open(OutboundRequest request) {
    if (Endpoint.isSynthetic(TableNames.host(request.authority()))) {
      // An outer layer decided this request already.
      return OutboundCall.PASS_THROUGH;
    }
    return new MeshCall(this, request, CallContext.current());
  }

  @Override
  public CompletionStage<Boolean> governs(String host, int port) {
    String name = tableNames.of(host, port);
    if (snapshot.table(name) == null) {
      CompletionStage<?> ready = requestPolicy(name);
      if (ready != null) {
        return ready.handle((done, failure) -> isRouted(name));
      }
    }
    return CompletableFuture.completedFuture(isRouted(name));
  }

  @Override
  public @Nullable Connection connect(String host, int port, @Nullable InetAddress address) {
    return connections.open(host, port, address);
  }

  private boolean isRouted(String tableName) {
    CompiledTable table = snapshot.table(tableName);
    return table != null && table.source.disposition() == RouteTable.Disposition.ROUTED;
  }

  @Override
  public InboundCall open(InboundRequest request) {
    return gate.open(request);
  }

  @Override
  public InboundCall openConnection(InetSocketAddress peer, int localPort) {
    return gate.openConnection(peer, localPort);
  }

  @Override
  public List<Rejection> apply(Update update) {
    SnapshotBuilder builder;
    Snapshot last;
    Snapshot next;
    synchronized (this) {
      last = snapshot;
      builder = new SnapshotBuilder(last, peerHeader, settings.tokens());
      next = builder.build(update);
      appliedAt = ticker.nanos();
      snapshot = next;
      states.keySet().retainAll(next.upstreams().keySet());
    }
    if (next.inbound() != last.inbound()) {
      // After it is published: an exchange that is not in the set yet looks for itself.
      for (Revocable exchange : exchanges) {
        exchange.recheck(next.inbound());
      }
    }
    return builder.rejections();
  }

  /** How connections to a port of ours must be: PERMISSIVE as long as nobody said. */
  public InboundPolicy.MutualTls mutualTls(int port) {
    InboundPlan inbound = snapshot.inbound();
    return inbound == null ? InboundPolicy.MutualTls.PERMISSIVE : inbound.mutualTls(port);
  }

  /**
   * Whom the connection to a synthetic host name must end at; null where the name is not known. For
   * {@link dev.weft.transport.TransportSecurity}: asked per connection.
   */
  public @Nullable ExpectedPeer expected(String peerHost) {
    Snapshot current = snapshot;
    for (Map.Entry<String, UpstreamState> each : states.entrySet()) {
      Set<String> identities = each.getValue().hosts.identities(peerHost);
      CompiledUpstream upstream = current.upstream(each.getKey());
      if (identities != null && upstream != null) {
        return new ExpectedPeer(upstream.source, identities);
      }
    }
    return null;
  }

  /** What the engine holds now, for people. */
  public EngineView view() {
    return new EngineView(this);
  }

  /** Who we are. */
  public Workload self() {
    return self;
  }

  // ---- what calls need

  Snapshot snapshot() {
    return snapshot;
  }

  long appliedAt() {
    return appliedAt;
  }

  long now() {
    return ticker.nanos();
  }

  long epochSeconds() {
    return ticker.epochSeconds();
  }

  Set<Revocable> exchanges() {
    return exchanges;
  }

  /** Our SPIFFE ID; empty while there is none. */
  String ownId() {
    Supplier<String> identity = settings.identity();
    return identity == null ? "" : identity.get();
  }

  LongUnaryOperator random() {
    return random;
  }

  /** Random, of version 4. */
  String newRequestId() {
    long high = random.applyAsLong(1L << 60);
    long low = random.applyAsLong(1L << 62);
    long version = (high & ~0xfffL) << 4 | 0x4000L | (high & 0xfffL);
    return new UUID(version, low | Long.MIN_VALUE).toString();
  }

  long awaitNanos() {
    long patience = started + settings.patienceNanos() - ticker.nanos();
    return Math.max(settings.awaitNanos(), patience);
  }

  String tableName(String authority, int port) {
    return tableNames.of(authority, port);
  }

  /** What to wait for before the policy of a new host is there; null where there is nothing. */
  @Nullable CompletionStage<?> requestPolicy(String tableName) {
    CompletionStage<?> ready = directory.request(tableName);
    return ready == null || ready.toCompletableFuture().isDone() ? null : ready;
  }

  UpstreamState state(CompiledUpstream upstream) {
    UpstreamState known = states.get(upstream.source.name());
    return known != null
        ? known
        : states.computeIfAbsent(upstream.source.name(), name -> new UpstreamState(randomSource));
  }

  @Nullable UpstreamState stateOrNull(String upstream) {
    return states.get(upstream);
  }

  /**
   * How to connect: {@link Host#PLAINTEXT}, or TLS of which generation. Without an identity a
   * connection that must be TLS is asked for all the same: the transport refuses it.
   */
  int transport(Upstream.TlsMode mode, EndpointInfo endpoint) {
    switch (mode) {
      case AUTO:
        int generation = endpoint.mutualTls() ? settings.identityGeneration() : 0;
        return generation == 0 ? Host.PLAINTEXT : generation;
      case ISTIO_MUTUAL:
        return settings.identityGeneration();
      case SIMPLE:
      case MUTUAL:
        return 0;
      default:
        return Host.PLAINTEXT;
    }
  }

  /** Whether a connection of that mode proves both sides' identities in the mesh. */
  static boolean isMesh(Upstream.TlsMode mode) {
    return mode == Upstream.TlsMode.AUTO || mode == Upstream.TlsMode.ISTIO_MUTUAL;
  }

  void record(CallRecord record) {
    recorder.record(record);
  }

  void recordConnection(CallRecord record, boolean ended) {
    recorder.recordConnection(record, ended);
  }

  ConnectionMeter connection(CallRecord record) {
    return recorder.connection(record);
  }
}
