package dev.weft.identity;

import static java.util.Objects.requireNonNull;

import dev.weft.bootstrap.Mesh;
import dev.weft.engine.Connections;
import dev.weft.engine.ExpectedPeer;
import dev.weft.engine.PeerIdentity;
import dev.weft.engine.RefusedConnections;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.model.Upstream;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Answers TLS seams: our certificate and the expected identity for connections that leave, the mode
 * of the port for those that arrive. Remembers who is at the other end of the latter. Thread-safe.
 */
public final class MeshTransport implements TransportSecurity, Connections {

  private final WorkloadIdentity identity;
  private final IntFunction<MutualTls> modes;
  private final Consumer<String> log;
  private final PeerTable peers = new PeerTable(PeerTable.MAX_CONNECTIONS);
  private final Set<Integer> ownTls = ConcurrentHashMap.newKeySet();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final RefusedConnections refusals;
  private volatile @Nullable OriginatedTls originated;
  private volatile @Nullable Trust lastTrust;

  /**
   * @param modes what the policy in force says of a port of ours
   * @param refusals told of connections that would have been plaintext
   * @param log takes lines for the operator
   */
  public MeshTransport(
      WorkloadIdentity identity,
      IntFunction<MutualTls> modes,
      RefusedConnections refusals,
      Consumer<String> log) {
    this.identity = requireNonNull(identity, "identity");
    this.modes = requireNonNull(modes, "modes");
    this.log = requireNonNull(log, "log");
    this.refusals = requireNonNull(refusals, "refusals");
    for (Refusal reason : Refusal.values()) {
      refusals.expect(label(reason));
    }
    identity.onChange(this::identityChanged);
  }

  /**
   * The application opened a port.
   *
   * @param tls whether it terminates TLS itself there; such a port is left alone
   */
  public void opened(int port, boolean tls) {
    if (tls) {
      ownTls.add(port);
    } else {
      ownTls.remove(port);
    }
  }

  public void closed(int port) {
    ownTls.remove(port);
  }

  @Override
  public @Nullable ClientTls client(String peerHost) {
    ClientTls tls = find(peerHost);
    if (tls == null && Endpoint.isTls(peerHost)) {
      refused(peerHost, Refusal.NO_CERTIFICATE);
    }
    return tls;
  }

  @Override
  public void refused(String peerHost, Refusal reason) {
    ExpectedPeer expected = identity.expected(peerHost);
    refusals.add(label(reason), name(peerHost, expected), why(reason, expected));
  }

  private static String name(String peerHost, @Nullable ExpectedPeer expected) {
    if (expected == null) {
      return peerHost;
    }
    Upstream upstream = expected.upstream;
    String subset = upstream.subset().isEmpty() ? "" : " subset " + upstream.subset();
    // An upstream of all ports has none.
    String port = upstream.port() == 0 ? "" : ":" + upstream.port();
    return upstream.service() + port + subset;
  }

  private String why(Refusal reason, @Nullable ExpectedPeer expected) {
    switch (reason) {
      case HANDSHAKE:
        return "must be TLS of the mesh, and the peer speaks none, or is not who it should be";
      case PLAINTEXT:
        return "must be TLS of the mesh, and the application was about to write plaintext";
      default:
        return "must be TLS of the mesh, and " + whyNoContext(expected);
    }
  }

  private String whyNoContext(@Nullable ExpectedPeer expected) {
    if (expected == null) {
      return "the endpoint is gone";
    }
    if (isOriginated(expected.upstream.tlsMode())) {
      return "the files that its DestinationRule names cannot be used";
    }
    return identity.state().context == null
        ? "this workload has no certificate"
        : "the certificate of this workload has expired";
  }

  /** As metrics and people name it. */
  private static String label(Refusal reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  /** Connections to endpoints that must be reached by TLS of ours and were refused, by reason. */
  public Map<String, Long> refusedConnections() {
    Map<String, Long> counts = refusals.counts();
    Map<String, Long> ours = new TreeMap<>();
    for (Refusal reason : Refusal.values()) {
      ours.put(label(reason), counts.getOrDefault(label(reason), 0L));
    }
    return ours;
  }

  private @Nullable ClientTls find(String peerHost) {
    ExpectedPeer expected = identity.expected(peerHost);
    if (expected == null) {
      return null;
    }
    if (isOriginated(expected.upstream.tlsMode())) {
      return originated().client(expected.upstream);
    }
    TlsState state = identity.state();
    SSLContext context = state.context;
    return context == null || !state.isAlive(identity.millis())
        ? null
        : new MeshTls(identity, expected, context);
  }

  private static boolean isOriginated(Upstream.TlsMode mode) {
    return mode == Upstream.TlsMode.SIMPLE || mode == Upstream.TlsMode.MUTUAL;
  }

  private OriginatedTls originated() {
    OriginatedTls known = originated;
    return known != null ? known : makeOriginated();
  }

  private synchronized OriginatedTls makeOriginated() {
    OriginatedTls known = originated;
    if (known == null) {
      known = new OriginatedTls(identity::millis, this::tellOnce);
      originated = known;
    }
    return known;
  }

  @Override
  public ServerTls server(int localPort) {
    switch (modes.apply(localPort)) {
      case DISABLE:
        return ServerTls.DISABLED;
      case STRICT:
        return strict(localPort);
      default:
        return ownTls.contains(localPort) ? ServerTls.DISABLED : identity.state().permissive;
    }
  }

  private ServerTls strict(int localPort) {
    if (ownTls.contains(localPort)) {
      tellOnce(
          "port "
              + localPort
              + ": the application terminates TLS there itself; STRICT does not apply to it");
      return ServerTls.DISABLED;
    }
    TlsState state = identity.state();
    if (state.context == null) {
      tellOnce(
          "port "
              + localPort
              + " is STRICT and this agent has no certificate: all connections are refused");
    }
    return state.strict;
  }

  private void tellOnce(String line) {
    // Bounded: lines name ports and files of policies.
    if (told.size() < 100 && told.add(line)) {
      log.accept(line);
    }
  }

  @Override
  public void connected(InetSocketAddress remote, int localPort, SSLSession session) {
    try {
      Trust trust = identity.state().trust;
      Certificate[] chain = session.getPeerCertificates();
      // Once more, for a resumed session was believed some time ago.
      SpiffeId id =
          requireNonNull(trust, "trust").verify(chain, Trust.Role.CLIENT, identity.millis());
      peers.add(remote, localPort, id, chain);
    } catch (SSLPeerUnverifiedException | CertificateException e) {
      peers.remove(remote, localPort);
      session.invalidate();
    } catch (RuntimeException e) {
      peers.remove(remote, localPort);
      Mesh.problem("peer of a connection", e);
    }
  }

  @Override
  public void disconnected(InetSocketAddress remote, int localPort) {
    peers.remove(remote, localPort);
  }

  @Override
  public @Nullable PeerIdentity peer(InetSocketAddress remote, int localPort) {
    return peers.peer(remote, localPort);
  }

  /** When a root is dropped, those whom it vouched for are nobody at once. */
  private synchronized void identityChanged() {
    Trust trust = identity.state().trust;
    Trust last = lastTrust;
    lastTrust = trust;
    if (trust != null && last != null && !trust.covers(last)) {
      peers.retain(chain -> believed(trust, chain));
    }
  }

  private boolean believed(Trust trust, Certificate[] chain) {
    try {
      trust.verify(chain, Trust.Role.CLIENT, identity.millis());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  /** Open connections with mutual TLS that this process accepted, by the peer's identity. */
  public Map<String, Integer> openConnections() {
    return Collections.unmodifiableMap(peers.count());
  }

  /** Ports where the application terminates TLS itself. */
  public Set<Integer> ownTlsPorts() {
    return Collections.unmodifiableSet(ownTls);
  }

  /** Mutual TLS of the mesh to one set of expected identities. */
  static final class MeshTls implements ClientTls {
    private final WorkloadIdentity identity;
    private final ExpectedPeer expected;
    private final SSLContext context;

    MeshTls(WorkloadIdentity identity, ExpectedPeer expected, SSLContext context) {
      this.identity = identity;
      this.expected = expected;
      this.context = context;
    }

    @Override
    public SSLContext context() {
      return context;
    }

    @Override
    public @Nullable String serverName() {
      return ServerNames.of(expected.upstream);
    }

    @Override
    public void verify(SSLSession session) throws SSLPeerUnverifiedException {
      Trust trust = identity.state().trust;
      try {
        SpiffeId proven =
            requireNonNull(trust, "trust")
                .verify(session.getPeerCertificates(), Trust.Role.SERVER, identity.millis());
        WorkloadIdentity.checkExpected(trust, proven, expected);
      } catch (CertificateException e) {
        session.invalidate();
        throw unverified(e);
      }
    }
  }

  static SSLPeerUnverifiedException unverified(CertificateException cause) {
    SSLPeerUnverifiedException failure =
        new SSLPeerUnverifiedException(String.valueOf(cause.getMessage()));
    failure.initCause(cause);
    return failure;
  }
}
