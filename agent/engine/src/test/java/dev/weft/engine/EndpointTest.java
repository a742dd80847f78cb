package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.outbound.Directive;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import dev.weft.transport.Endpoint;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Addresses, transport, and the synthetic names of endpoints. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class EndpointTest {

  private static final String ID = "spiffe://cluster.local/ns/default/sa/reviews";

  private static TestMesh with(Upstream.Builder upstream, EndpointInfo.Builder endpoint) {
    Upstream built = upstream.build();
    return new TestMesh()
        .applied(
            Update.builder()
                .upstreams(List.of(built))
                .endpoints(
                    List.of(
                        Endpoints.builder()
                            .name(built.name())
                            .endpoints(List.of(endpoint.build()))
                            .build()))
                .routeTables(List.of(TestMesh.table(TestMesh.route(built.name()).build()))));
  }

  private static Upstream.Builder reviews() {
    return TestMesh.upstream(TestMesh.REVIEWS);
  }

  private static Endpoint endpoint(TestMesh mesh) {
    return mesh.start(get("/")).attempt().endpoint();
  }

  @Test
  void givesTheSameObjectWhileNothingOfItChanges() {
    TestMesh mesh = with(reviews(), TestMesh.endpoint(1));
    Endpoint first = endpoint(mesh);
    assertThat(endpoint(mesh)).isSameAs(first);
    mesh.applied(
        Update.builder()
            .upstreams(List.of(reviews().loadBalancer(Upstream.LoadBalancer.RANDOM).build()))
            .endpoints(
                List.of(
                    Endpoints.builder()
                        .name(TestMesh.REVIEWS)
                        .endpoints(
                            List.of(TestMesh.endpoint(1).weight(7).canonicalRevision("v2").build()))
                        .build())));
    assertThat(endpoint(mesh)).isSameAs(first);
  }

  @Test
  void usesThePortOfTheCallerWhereTheEndpointHasNone() {
    TestMesh mesh = with(reviews(), TestMesh.endpoint(1).port(0));
    assertThat(endpoint(mesh).port()).isEqualTo(9080);
    assertThat(endpoint(mesh)).isSameAs(endpoint(mesh));
  }

  @Test
  void namesUpstreamPortAndTransport() {
    assertThat(endpoint(with(reviews(), TestMesh.endpoint(1))).peerHost())
        .isEqualTo("reviews.default.svc.cluster.local.9080-plain.weft");
    String v1 = "outbound|9080|v1|reviews.default.svc.cluster.local";
    assertThat(endpoint(with(TestMesh.upstream(v1), TestMesh.endpoint(1))).peerHost())
        .isEqualTo("v1.reviews.default.svc.cluster.local.9080-plain.weft");
  }

  @Test
  void makesNamesSafeAndKeepsThemApart() {
    String longLabel = "a".repeat(80);
    for (String host :
        List.of("*.Foo_bar.com", "-x-.example", longLabel + ".example", "a..b", "ü.example")) {
      String name = "outbound|80||" + host;
      String peerHost = endpoint(with(TestMesh.upstream(name), TestMesh.endpoint(1))).peerHost();
      assertThat(peerHost).as(host).endsWith(".weft").hasSizeLessThanOrEqualTo(253);
      for (String label : peerHost.split("\\.", -1)) {
        assertThat(label).as(peerHost).matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
      }
    }
    String star = "outbound|80||*.foo.com";
    String x = "outbound|80||x.foo.com";
    assertThat(endpoint(with(TestMesh.upstream(star), TestMesh.endpoint(1))).peerHost())
        .isNotEqualTo(endpoint(with(TestMesh.upstream(x), TestMesh.endpoint(1))).peerHost());
  }

  @Test
  void usesMutualTlsWhereBothSidesCan() {
    TestMesh mesh = with(reviews(), TestMesh.endpoint(1).mutualTls(true).identity(ID));
    assertThat(endpoint(mesh).tls()).isFalse();
    mesh.identity = true;
    Endpoint mutual = endpoint(mesh);
    assertThat(mutual.tls()).isTrue();
    assertThat(mutual.peerHost()).endsWith(".tls.weft");
    assertThat(identities(mesh, mutual.peerHost())).containsExactly(ID);
    assertThat(mesh.engine.expected("unknown.weft")).isNull();

    TestMesh plain = with(reviews(), TestMesh.endpoint(1).mutualTls(false).identity(ID));
    plain.identity = true;
    assertThat(endpoint(plain).tls()).isFalse();
  }

  @Test
  void followsTheTlsModeOfTheUpstream() {
    EndpointInfo.Builder both = TestMesh.endpoint(1).mutualTls(true).identity(ID);
    TestMesh off = with(reviews().tlsMode(Upstream.TlsMode.DISABLE), both);
    off.identity = true;
    assertThat(endpoint(off).tls()).isFalse();
    // Required: without an identity the connection is refused by the transport, not made plain.
    TestMesh required = with(reviews().tlsMode(Upstream.TlsMode.ISTIO_MUTUAL), both);
    assertThat(endpoint(required).tls()).isTrue();
  }

  @Test
  void namesEndpointsByTheIdentitiesToExpect() {
    TestMesh mesh = with(reviews(), TestMesh.endpoint(1).mutualTls(true).identity(ID));
    mesh.identity = true;
    Endpoint first = endpoint(mesh);
    mesh.applied(
        Update.builder()
            .upstreams(List.of(reviews().subjectAltNames(Set.of("spiffe://other/x")).build())));
    Endpoint second = endpoint(mesh);
    assertThat(second.peerHost()).isNotEqualTo(first.peerHost());
    assertThat(identities(mesh, second.peerHost())).containsExactly("spiffe://other/x");
  }

  @Test
  void namesEndpointsByTheGenerationOfOurIdentity() {
    TestMesh mesh = with(reviews(), TestMesh.endpoint(1).mutualTls(true).identity(ID));
    mesh.identity = true;
    Endpoint first = endpoint(mesh);
    assertThat(endpoint(mesh)).isSameAs(first);
    mesh.generation = 2;
    Endpoint second = endpoint(mesh);
    assertThat(second.peerHost()).isNotEqualTo(first.peerHost());
    // A connection that is just being opened under the old name still learns whom to expect.
    assertThat(identities(mesh, first.peerHost())).containsExactly(ID);
    assertThat(identities(mesh, second.peerHost())).containsExactly(ID);
  }

  @Test
  void originatesTlsThatIsNotTheMeshs() {
    for (Upstream.TlsMode mode : List.of(Upstream.TlsMode.SIMPLE, Upstream.TlsMode.MUTUAL)) {
      TestMesh mesh = with(reviews().tlsMode(mode).sni("a.example"), TestMesh.endpoint(1));
      OutboundCall call = mesh.open(get("/"));
      Endpoint endpoint = call.start().attempt().endpoint();
      call.close(Outcome.COMPLETED, 200, null);
      assertThat(endpoint.tls()).isTrue();
      assertThat(mesh.taken().mutualTls).isFalse();
      ExpectedPeer expected = mesh.engine.expected(endpoint.peerHost());
      assertThat(expected == null ? "" : expected.upstream.sni()).isEqualTo("a.example");
      mesh.applied(
          Update.builder().upstreams(List.of(reviews().tlsMode(mode).sni("b.example").build())));
      assertThat(endpoint(mesh).peerHost()).isNotEqualTo(endpoint.peerHost());
    }
  }

  @Test
  void recordsTransportAndPeer() {
    TestMesh mesh = with(reviews(), TestMesh.endpoint(1).mutualTls(true).identity(ID));
    mesh.identity = true;
    OutboundCall call = mesh.open(get("/"));
    call.start();
    call.close(Outcome.COMPLETED, 200, null);
    CallRecord record = mesh.taken();
    assertThat(record.mutualTls).isTrue();
    assertThat(record.peer.principal).isEqualTo(ID);
    assertThat(record.peer.canonicalService).isEqualTo("reviews");
    mesh.identity = false;
    OutboundCall plain = mesh.open(get("/"));
    plain.start();
    plain.close(Outcome.COMPLETED, 200, null);
    CallRecord unproven = mesh.taken();
    assertThat(unproven.mutualTls).isFalse();
    assertThat(unproven.peer.principal).isEmpty();
  }

  @Test
  void readsIpv6Addresses() {
    assertThat(endpoint(with(reviews(), TestMesh.endpoint(1).address("2001:db8::1"))).address())
        .satisfies(
            address -> assertThat(address.getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:1"));
  }

  @Test
  void leavesASingleDnsNameToTheLibrary() {
    TestMesh mesh = with(reviews(), TestMesh.endpoint(1).address("api.example.com"));
    OutboundCall call = mesh.open(get("/"));
    assertThat(call.start().kind()).isEqualTo(Directive.Kind.PASS_THROUGH);
    assertThat(mesh.engine.view().clusters().get(0).active).isEqualTo(1);
    call.close(Outcome.COMPLETED, 200, null);
    assertThat(mesh.engine.view().clusters().get(0).active).isZero();
    CallRecord record = mesh.taken();
    assertThat(record.upstream).isNotNull();
    assertThat(record.route).isEqualTo("primary");
  }

  @Test
  void takesAlmostAddressesForNames() {
    for (String name : List.of("1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.x", "1..2.3")) {
      assertThat(with(reviews(), TestMesh.endpoint(1).address(name)).start(get("/")).kind())
          .as(name)
          .isEqualTo(Directive.Kind.PASS_THROUGH);
    }
  }

  private static Set<String> identities(TestMesh mesh, String peerHost) {
    ExpectedPeer expected = mesh.engine.expected(peerHost);
    return expected == null ? Set.of() : expected.identities;
  }
}
