package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.engine.ExpectedPeer;
import dev.weft.engine.PeerIdentity;
import dev.weft.engine.RefusedConnections;
import dev.weft.identity.TestAuthority.Wish;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.model.TrustBundle;
import dev.weft.model.Upstream;
import dev.weft.transport.TransportSecurity.ClientTls;
import dev.weft.transport.TransportSecurity.Refusal;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is believed and who is not, in real handshakes of both protocols. */
@Timeout(120)
class HandshakeTest {

  private static final String CLIENT = "spiffe://cluster.local/ns/shop/sa/web";
  private static final String SERVER = "spiffe://cluster.local/ns/shop/sa/reviews";
  private static final String PEER = "reviews.shop.svc.cluster.local.9080-id-1.g1.tls.weft";
  private static final List<String> PROTOCOLS = Arrays.asList("TLSv1.2", "TLSv1.3");

  private final TestAuthority root = TestAuthority.root();
  private final FakeTimer timer = new FakeTimer();
  private final List<String> lines = new ArrayList<>();
  private final Map<Integer, MutualTls> modes = new HashMap<>();
  private MutualTls mode = MutualTls.PERMISSIVE;
  private final Map<String, ExpectedPeer> expected = new ConcurrentHashMap<>();
  private final WorkloadIdentity clientSide = identity();
  private final WorkloadIdentity serverSide = identity();
  private final RefusedConnections refusals = new RefusedConnections(() -> 0, lines::add);
  private final MeshTransport client =
      new MeshTransport(clientSide, port -> MutualTls.PERMISSIVE, refusals, lines::add);
  private final MeshTransport server =
      new MeshTransport(
          serverSide, this::mode, new RefusedConnections(() -> 0, lines::add), lines::add);

  private MutualTls mode(int port) {
    MutualTls ofPort = modes.get(port);
    return ofPort == null ? mode : ofPort;
  }

  private WorkloadIdentity identity() {
    WorkloadIdentity made = new WorkloadIdentity(timer, expected::get, lines::add);
    made.start();
    return made;
  }

  private static Upstream.Builder upstream() {
    return Upstream.builder()
        .name("outbound|9080||reviews.shop.svc.cluster.local")
        .service("reviews.shop.svc.cluster.local")
        .serviceNamespace("shop")
        .port(9080);
  }

  private void expect(String... identities) {
    expected.put(
        PEER, new ExpectedPeer(upstream().build(), new HashSet<>(Arrays.asList(identities))));
  }

  /** Puts a certificate in force without asking whether it is any good. */
  private static void give(WorkloadIdentity to, Credential own, TestAuthority... roots)
      throws Exception {
    to.accept(own, WorkloadIdentity.certificates(TestAuthority.pems(roots)));
  }

  private void both() throws Exception {
    give(clientSide, root.credential(Wish.of(CLIENT)), root);
    give(serverSide, root.credential(Wish.of(SERVER)), root);
  }

  /** A server that shows {@code own} and believes as the real one does. */
  private SSLContext serving(TestAuthority by, Wish own) throws Exception {
    OwnKey key = OwnKey.generate();
    X509Certificate[] chain = by.chain(key.publicKey(), own).toArray(new X509Certificate[0]);
    Trust trust =
        new Trust(
            Collections.singletonList(root.certificate),
            "cluster.local",
            Collections.<String>emptySet());
    return Contexts.of(
        new OwnKeyManager(key.privateKey(), chain),
        (shown, role, peerHost) -> trust.verify(shown, role, timer.millis()));
  }

  private ClientTls tls() {
    ClientTls tls = client.client(PEER);
    if (tls == null) {
      throw new AssertionError("no TLS to " + PEER);
    }
    return tls;
  }

  private static SSLContext context(ServerTls tls) {
    SSLContext context = tls.context();
    if (context == null) {
      throw new AssertionError("no context for " + tls.mode());
    }
    return context;
  }

  private void refused(SSLContext server, String reason) {
    for (String protocol : PROTOCOLS) {
      assertThatThrownBy(() -> Wire.open(tls(), PEER, server, protocol).close())
          .as(protocol)
          .isInstanceOf(SSLException.class)
          .satisfies(failure -> assertThat(messages(failure)).contains(reason));
    }
  }

  private static String messages(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      all.append(each.getMessage()).append('\n');
    }
    return all.toString();
  }

  @Test
  void bothSidesKnowWhoTheOtherIs() throws Exception {
    both();
    expect(SERVER);
    for (String protocol : PROTOCOLS) {
      try (Wire wire = Wire.open(tls(), PEER, context(server.server(8080)), protocol)) {
        assertThat(wire.client.getSession().getProtocol()).isEqualTo(protocol);
        server.connected(wire.remote(), 8080, wire.server.getSession());
        PeerIdentity peer = server.peer(wire.remote(), 8080);
        assertThat(peer).hasToString(CLIENT);
        assertThat(peer == null ? "" : peer.certificateHash).matches("[0-9a-f]{64}");
        assertThat(server.openConnections()).containsEntry(CLIENT, 1);
        assertThat(server.peer(wire.remote(), 8081)).isNull();
        server.disconnected(wire.remote(), 8080);
        assertThat(server.peer(wire.remote(), 8080)).isNull();
        assertThat(server.openConnections()).isEmpty();
      }
    }
  }

  @Test
  void sendsTheServiceAsServerName() throws Exception {
    both();
    expect(SERVER);
    assertThat(tls().serverName()).isEqualTo("reviews.shop.svc.cluster.local");
    for (String odd : Arrays.asList("*.example.com", "my_service", "10.0.0.1", "a..b", "-a.b")) {
      expected.put(
          PEER, new ExpectedPeer(upstream().service(odd).build(), Collections.<String>emptySet()));
      assertThat(tls().serverName()).as(odd).isNull();
    }
  }

  @Test
  void believesAnyOfTheExpectedAndAnyoneOfTheMeshWhereNobodyIsNamed() throws Exception {
    both();
    for (String[] identities :
        new String[][] {{}, {SERVER}, {"spiffe://cluster.local/ns/shop/sa/other", SERVER}}) {
      expect(identities);
      Wire.open(tls(), PEER, context(server.server(1)), "TLSv1.3").close();
    }
  }

  @Test
  void refusesAnotherIdentityThanTheExpected() throws Exception {
    both();
    expect("spiffe://cluster.local/ns/shop/sa/payments");
    refused(context(server.server(1)), "the peer is " + SERVER);
  }

  @Test
  void refusesCertificatesThatProveNothing() throws Exception {
    both();
    expect();
    refused(serving(root, new Wish()), "certificate without a SPIFFE identity");
    refused(serving(root, Wish.of(SERVER).uri(CLIENT)), "two URI names");
    refused(
        serving(root, Wish.of("spiffe://elsewhere/ns/shop/sa/reviews")), "trust domain elsewhere");
    refused(serving(root, Wish.of("spiffe://cluster.local/reviews")), "expected: spiffe://");
    refused(serving(root, Wish.of(SERVER).life(-5000, -4000)), "expired at");
    refused(serving(root, Wish.of(SERVER).life(60_000, 120_000)), "counts from");
    refused(serving(root, Wish.of(SERVER).authority()), "is that of an authority");
    refused(
        serving(root, Wish.of(SERVER).onlyFor(KeyPurposeId.id_kp_clientAuth)),
        "is not for a SERVER");
    refused(serving(TestAuthority.root(), Wish.of(SERVER)), "does not lead to a root");
  }

  @Test
  void aServerRefusesTheSameOfClients() throws Exception {
    both();
    expect();
    Map<String, Credential> clients = new HashMap<>();
    clients.put("trust domain elsewhere", root.credential(Wish.of("spiffe://elsewhere/ns/a/sa/b")));
    clients.put("does not lead to a root", TestAuthority.root().credential(Wish.of(CLIENT)));
    clients.put("expired at", root.credential(Wish.of(CLIENT).life(-5000, -4000)));
    clients.put(
        "is not for a CLIENT",
        root.credential(Wish.of(CLIENT).onlyFor(KeyPurposeId.id_kp_serverAuth)));
    for (Map.Entry<String, Credential> each : clients.entrySet()) {
      Credential own = each.getValue();
      SSLContext context =
          Contexts.of(new OwnKeyManager(own.key, own.chain()), (chain, role, peerHost) -> {});
      for (String protocol : PROTOCOLS) {
        assertThatThrownBy(
                () -> Wire.open(context, PEER, null, context(server.server(1)), protocol).close())
            .as("%s %s", each.getKey(), protocol)
            .isInstanceOf(IOException.class)
            .satisfies(failure -> assertThat(messages(failure)).contains(each.getKey()));
      }
    }
  }

  @Test
  void followsTheChainThroughIntermediates() throws Exception {
    TestAuthority below = root.intermediate();
    give(clientSide, below.credential(Wish.of(CLIENT)), root);
    give(serverSide, root.credential(Wish.of(SERVER)), root);
    expect(SERVER);
    Wire.open(tls(), PEER, context(server.server(1)), "TLSv1.3").close();
  }

  @Test
  void takesTwoRootsOfOneNameDuringARotation() throws Exception {
    TestAuthority next = TestAuthority.root();
    give(clientSide, root.credential(Wish.of(CLIENT)), next, root);
    give(serverSide, next.credential(Wish.of(SERVER)), root, next);
    expect(SERVER);
    for (String protocol : PROTOCOLS) {
      Wire.open(tls(), PEER, context(server.server(1)), protocol).close();
    }
  }

  @Test
  void takesAnAliasForTheTrustDomain() throws Exception {
    both();
    expect(SERVER);
    SSLContext old = serving(root, Wish.of("spiffe://old.example/ns/shop/sa/reviews"));
    refused(old, "trust domain old.example");
    clientSide.accept(
        TrustBundle.builder()
            .trustDomain("cluster.local")
            .trustDomainAliases(Collections.singleton("old.example"))
            .roots(TestAuthority.pems(root))
            .build());
    Wire.open(tls(), PEER, old, "TLSv1.3").close();
    expect("spiffe://cluster.local/ns/shop/sa/other");
    refused(old, "the peer is spiffe://old.example/ns/shop/sa/reviews");
  }

  @Test
  void looksAgainAtResumedSessions() throws Exception {
    both();
    expect(SERVER);
    SSLContext serving = context(server.server(1));
    Wire.open(tls(), PEER, serving, "TLSv1.2").close();
    // The name is the same, so that the session would be resumed, which asks no trust manager.
    expect("spiffe://cluster.local/ns/shop/sa/payments");
    ClientTls tls = tls();
    try (Wire wire = Wire.open(tls.context(), PEER, null, serving, "TLSv1.2")) {
      assertThatThrownBy(() -> tls.verify(wire.client.getSession()))
          .isInstanceOf(SSLPeerUnverifiedException.class)
          .hasMessageContaining("the peer is " + SERVER);
    } catch (SSLException e) {
      // This JDK did not resume, and the trust manager refused.
      assertThat(messages(e)).contains("the peer is " + SERVER);
    }
  }

  @Test
  void knowsNobodyByAResumedSessionThatHasExpired() throws Exception {
    both();
    expect(SERVER);
    SSLContext tls = tls().context();
    try (Wire wire = Wire.open(tls(), PEER, context(server.server(1)), "TLSv1.3")) {
      timer.jump(2 * TestAuthority.HOUR);
      server.connected(wire.remote(), 1, wire.server.getSession());
      assertThat(server.peer(wire.remote(), 1)).isNull();
      ClientTls late =
          new MeshTransport.MeshTls(clientSide, Objects.requireNonNull(expected.get(PEER)), tls);
      assertThatThrownBy(() -> late.verify(wire.client.getSession()))
          .isInstanceOf(SSLPeerUnverifiedException.class)
          .hasMessageContaining("expired at");
    }
  }

  @Test
  void swapsKeyAndTrustUnderLiveConnections() throws Exception {
    both();
    expect(SERVER);
    TestAuthority next = TestAuthority.root();
    SSLContext before = tls().context();
    try (Wire old = Wire.open(tls(), PEER, context(server.server(1)), "TLSv1.3")) {
      server.connected(old.remote(), 1, old.server.getSession());
      // A root is added: nobody is thrown out, and no pool has to begin anew.
      trust(root, next);
      assertThat(clientSide.generation()).isEqualTo(1);
      assertThat(tls().context()).isNotSameAs(before);
      // A renewal under the new root, one side after the other.
      give(serverSide, next.credential(Wish.of(SERVER)), root, next);
      Wire.open(tls(), PEER, context(server.server(1)), "TLSv1.3").close();
      give(clientSide, next.credential(Wish.of(CLIENT)), root, next);
      assertThat(clientSide.generation()).isEqualTo(2);
      assertThat(old.works()).isTrue();
      assertThat(server.peer(old.remote(), 1)).hasToString(CLIENT);
      // The old root goes, and with it whom it vouched for.
      trust(next);
      assertThat(clientSide.generation()).isEqualTo(3);
      assertThat(old.works()).as("an open connection is not cut").isTrue();
      assertThat(server.peer(old.remote(), 1)).as("but who it was does not count").isNull();
      try (Wire young = Wire.open(tls(), PEER, context(server.server(1)), "TLSv1.3")) {
        server.connected(young.remote(), 1, young.server.getSession());
        assertThat(server.peer(young.remote(), 1)).hasToString(CLIENT);
      }
      refused(serving(root, Wish.of(SERVER)), "does not lead to a root");
    }
  }

  private void trust(TestAuthority... roots) {
    for (WorkloadIdentity each : Arrays.asList(clientSide, serverSide)) {
      assertThat(
              each.accept(
                  TrustBundle.builder()
                      .trustDomain("cluster.local")
                      .roots(TestAuthority.pems(roots))
                      .build()))
          .isNull();
    }
  }

  @Test
  void neverFailsOpenWithoutAnIdentity() throws Exception {
    expect(SERVER);
    assertThat(client.client(PEER)).isNull();
    assertThat(client.client("unknown.g1.tls.weft")).isNull();
    assertThat(server.server(8080).mode()).isEqualTo(ServerTls.Mode.DISABLE);
    mode = MutualTls.STRICT;
    assertThat(server.server(8080).mode()).isEqualTo(ServerTls.Mode.STRICT);
    assertThat(server.server(8080).context()).isNull();
    server.server(8080);
    assertThat(lines)
        .filteredOn(line -> line.startsWith("port "))
        .containsExactly(
            "port 8080 is STRICT and this agent has no certificate: all connections are refused");
    both();
    assertThat(server.server(8080).context()).isNotNull();
    // Nor with one that has expired.
    timer.jump(2 * TestAuthority.HOUR);
    assertThat(client.client(PEER)).isNull();
    assertThat(server.server(8080).mode()).isEqualTo(ServerTls.Mode.STRICT);
  }

  @Test
  void followsTheModeOfThePort() throws Exception {
    both();
    modes.put(8081, MutualTls.DISABLE);
    modes.put(8082, MutualTls.PERMISSIVE);
    assertThat(server.server(8080).mode()).isEqualTo(ServerTls.Mode.PERMISSIVE);
    mode = MutualTls.STRICT;
    assertThat(server.server(8080).mode()).isEqualTo(ServerTls.Mode.STRICT);
    assertThat(server.server(8081).mode()).isEqualTo(ServerTls.Mode.DISABLE);
    assertThat(server.server(8082).mode()).isEqualTo(ServerTls.Mode.PERMISSIVE);
  }

  @Test
  void leavesAPortAloneWhereTheApplicationTerminatesTls() throws Exception {
    both();
    server.opened(8443, true);
    assertThat(server.server(8443).mode()).isEqualTo(ServerTls.Mode.DISABLE);
    mode = MutualTls.STRICT;
    assertThat(server.server(8443).mode()).isEqualTo(ServerTls.Mode.DISABLE);
    assertThat(lines)
        .containsExactly(
            "port 8443: the application terminates TLS there itself; STRICT does not apply to it");
    assertThat(server.ownTlsPorts()).containsExactly(8443);
    server.closed(8443);
    assertThat(server.server(8443).mode()).isEqualTo(ServerTls.Mode.STRICT);
  }

  @Test
  void boundsTheTableOfPeers() throws Exception {
    PeerTable table = new PeerTable(1000);
    Credential own = root.credential(Wish.of(CLIENT));
    SpiffeId id = SpiffeId.of(own.certificate());
    for (int i = 1; i <= 5000; i++) {
      table.add(address(i), 80, id, own.chain());
      assertThat(table.size()).isLessThanOrEqualTo(1000);
    }
    assertThat(table.peer(address(5000), 80)).hasToString(CLIENT);
    assertThat(table.peer(address(1), 80)).isNull();
    table.remove(address(5000), 80);
    assertThat(table.peer(address(5000), 80)).isNull();
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Test
  void saysWhatThereIs() throws Exception {
    IdentityReport report = new IdentityReport(serverSide, server, null);
    assertThat(report.view().own).isNull();
    assertThat(report.secondsToExpiry()).isNaN();
    both();
    IdentityReport.View view = report.view();
    assertThat(view.own == null ? "" : view.own.name).isEqualTo(SERVER);
    assertThat(view.roots).hasSize(1);
    assertThat(view.secondsToExpiry).isBetween(3500.0, 3700.0);
    assertThat(view.trustDomain).isEqualTo("cluster.local");
  }

  @Test
  void countsConnectionsThatItHasNoCertificateForAndThoseThatFloorsRefuse() {
    expect(SERVER);
    assertThat(client.client(PEER)).isNull();
    assertThat(client.client(PEER)).isNull();
    assertThat(client.client("reviews.shop.svc.cluster.local.9080-plain.weft")).isNull();
    client.refused(PEER, Refusal.PLAINTEXT);
    assertThat(client.refusedConnections())
        .containsEntry("no_certificate", 2L)
        .containsEntry("plaintext", 1L)
        .containsEntry("handshake", 0L);
    assertThat(refusals.lines())
        .containsExactly(
            "refused 2 connections to reviews.shop.svc.cluster.local:9080 (no_certificate): must be"
                + " TLS of the mesh, and this workload has no certificate",
            "refused 1 connection to reviews.shop.svc.cluster.local:9080 (plaintext): must be TLS"
                + " of the mesh, and the application was about to write plaintext");
    expected.clear();
    assertThat(client.client(PEER)).isNull();
    assertThat(refusals.lines())
        .last()
        .isEqualTo(
            "refused 1 connection to "
                + PEER
                + " (no_certificate): must be TLS of the mesh, and the endpoint is gone");
  }
}
