package dev.weft.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.ConnectionPool;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.OutlierDetection;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.RouteTable;
import dev.weft.model.StringMatch;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.outbound.OutboundMesh.Connection;
import dev.weft.outbound.OutboundMesh.Connection.Step;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of libraries that no adapter knows. */
@Timeout(20)
class TcpConnectionTest {

  /** Nobody's. */
  private static final InetAddress ADDRESS = address(192, 0, 2, 1);

  private final List<String> asked = new ArrayList<>();

  private static InetAddress address(int... bytes) {
    try {
      byte[] ip = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        ip[i] = (byte) bytes[i];
      }
      return InetAddress.getByAddress(ip);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Upstream.Builder inTurn(Upstream.Builder upstream) {
    return upstream.loadBalancer(Upstream.LoadBalancer.ROUND_ROBIN).protocol("HTTP");
  }

  private static TestMesh service(int endpoints, UnaryOperator<Upstream.Builder> upstream) {
    return new TestMesh().service(endpoints, upstream, route -> route);
  }

  private static Connection open(TestMesh mesh) {
    return requireNonNull(mesh.engine.connect("reviews", 9080, null), "not the mesh's");
  }

  /** One that was decided; returns the address it goes to. */
  private static String address(Connection connection) {
    assertThat(connection.start()).isEqualTo(Step.REDIRECT);
    return connection.endpoint().address().getHostAddress();
  }

  private static TestMesh named(TestMesh mesh, String table) {
    return mesh.applied(
        Update.builder()
            .routeTables(
                List.of(
                    TestMesh.table(TestMesh.route(TestMesh.REVIEWS).build()).toBuilder()
                        .name(table)
                        .build())));
  }

  @Test
  void balancesConnectionsAndCountsThem() {
    TestMesh mesh = service(2, TcpConnectionTest::inTurn);
    Connection first = open(mesh);
    Connection second = open(mesh);
    String one = address(first);
    String other = address(second);
    assertThat(List.of(one, other)).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
    assertThat(first.pending()).isNull();
    first.connected();
    first.sent(3);
    first.received(4);
    assertThat(mesh.engine.view().clusters().get(0).connections).isEqualTo(2);
    first.closed();
    first.closed();
    assertThat(mesh.meters)
        .containsExactly("opened " + one + " -", "sent 3", "received 4", "closed " + one);
    second.failed(new ConnectException("refused"));
    second.closed();
    assertThat(mesh.meters).endsWith("opened " + other + " UF", "closed " + other);
    EngineView.Cluster cluster = mesh.engine.view().clusters().get(0);
    assertThat(cluster.connections).isZero();
    assertThat(cluster.endpoints).allMatch(endpoint -> endpoint.active == 0);
    assertThat(mesh.records).isEmpty();
  }

  @Test
  void tellsHowLongConnectingMayTake() {
    TestMesh mesh =
        service(
            1,
            upstream ->
                inTurn(upstream)
                    .connectionPool(ConnectionPool.builder().connectTimeoutNanos(250).build()));
    Connection limited = open(mesh);
    address(limited);
    assertThat(limited.connectTimeoutNanos()).isEqualTo(250);
    Connection byDefault = open(service(1, TcpConnectionTest::inTurn));
    address(byDefault);
    assertThat(byDefault.connectTimeoutNanos()).isEqualTo(10 * TestMesh.SECOND);
  }

  @Test
  void leavesWhatTheMeshDoesNotKnowAtOnce() {
    TestMesh mesh = service(1, TcpConnectionTest::inTurn);
    assertThat(mesh.engine.connect("reviews", 9081, null)).isNull();
    assertThat(mesh.engine.connect("other", 9080, ADDRESS)).isNull();
    unknown(mesh, "db:5432", RouteTable.Disposition.PASS_THROUGH);
    assertThat(mesh.engine.connect("db", 5432, ADDRESS)).isNull();
    assertThat(mesh.meters).isEmpty();
  }

  private static void unknown(TestMesh mesh, String table, RouteTable.Disposition disposition) {
    mesh.applied(
        Update.builder()
            .routeTables(
                List.of(RouteTable.builder().name(table).disposition(disposition).build())));
  }

  @Test
  void refusesWhatTheMeshDoesNotKnowUnderRegistryOnly() {
    RefusedConnections refusals = new RefusedConnections(() -> 0, line -> {});
    TestMesh mesh = new TestMesh(EngineSettings.DEFAULTS.refusals(refusals));
    assertThat(refusals.counts()).containsExactly(Map.entry("registry_only", 0L));
    unknown(mesh, "db:5432", RouteTable.Disposition.BLOCKED);
    Connection connection = requireNonNull(mesh.engine.connect("db", 5432, ADDRESS));
    assertThat(connection.start()).isEqualTo(Step.REFUSE);
    assertThat(connection.reason())
        .isEqualTo(
            "db:5432: host and port are unknown to the mesh, and its outboundTrafficPolicy is"
                + " REGISTRY_ONLY (a ServiceEntry makes them known)");
    assertThat(refusals.lines())
        .containsExactly(
            "refused 1 connection to db:5432 (registry_only): unknown to the mesh, and"
                + " outboundTrafficPolicy is REGISTRY_ONLY");
    assertThat(mesh.meters).containsExactly("opened ? -", "closed ?");
  }

  @Test
  void refusesItAsSoonAsItsPolicyComes() {
    CompletableFuture<Void> ready = new CompletableFuture<>();
    TestMesh mesh = new TestMesh(name -> ready);
    Connection refused = requireNonNull(mesh.engine.connect("db", 5432, ADDRESS));
    Connection letOut = requireNonNull(mesh.engine.connect("db", 5432, null));
    unknown(mesh, "db:5432", RouteTable.Disposition.BLOCKED);
    assertThat(refused.start()).isEqualTo(Step.REFUSE);
    assertThat(letOut.start()).isEqualTo(Step.LEAVE);
  }

  @Test
  void letsOutUnderRegistryOnlyWhatStaysHereOrAsksForNames() {
    InetAddress own = address(192, 0, 2, 7);
    TestMesh mesh = new TestMesh(EngineSettings.DEFAULTS.ownAddresses(own::equals));
    unknown(mesh, "db:5432", RouteTable.Disposition.BLOCKED);
    unknown(mesh, "db:53", RouteTable.Disposition.BLOCKED);
    for (InetAddress here :
        List.of(own, address(127, 0, 1, 1), address(169, 254, 169, 254), address(0, 0, 0, 0))) {
      assertThat(mesh.engine.connect("db", 5432, here)).as(here.toString()).isNull();
    }
    assertThat(mesh.engine.connect("db", 5432, null)).isNull();
    assertThat(mesh.engine.connect("db", 53, ADDRESS)).isNull();
    assertThat(mesh.engine.connect("db", 5432, ADDRESS)).isNotNull();
  }

  @Test
  void asksForThePolicyOfANewHostAndNeverOfItsOwnMachine() {
    CompletableFuture<Void> ready = new CompletableFuture<>();
    TestMesh mesh =
        new TestMesh(
            name -> {
              asked.add(name);
              return ready;
            },
            EngineSettings.DEFAULTS.patienceNanos(10 * TestMesh.SECOND));
    for (String own : List.of("127.0.0.1", "127.3.2.1", "localhost", "::1", "0:0:0:0:0:0:0:1")) {
      assertThat(mesh.engine.connect(own, 9080, ADDRESS)).as(own).isNull();
    }
    Connection named = open(mesh);
    assertThat(asked).containsExactly("reviews:9080");
    assertThat(named.pending()).isSameAs(ready);
    // A name that DNS does not know fails without us; others need not wait for a slow start.
    assertThat(named.patienceNanos()).isEqualTo(10 * TestMesh.SECOND);
    Connection resolved = requireNonNull(mesh.engine.connect("reviews", 9080, ADDRESS));
    assertThat(resolved.patienceNanos()).isEqualTo(TestMesh.SECOND);
    mesh.service(1, TcpConnectionTest::inTurn, route -> route);
    assertThat(address(named)).isEqualTo("10.0.0.1");
  }

  @Test
  void leavesAConnectionWhosePolicyDidNotCome() {
    TestMesh mesh = new TestMesh(name -> new CompletableFuture<>());
    Connection connection = open(mesh);
    assertThat(connection.start()).isEqualTo(Step.LEAVE);
    assertThat(mesh.meters).isEmpty();
  }

  @Test
  void asksForABoundedNumberOfNames() {
    TestMesh mesh =
        new TestMesh(
            name -> {
              asked.add(name);
              return null;
            });
    for (int i = 0; i < 3000; i++) {
      mesh.engine.connect("10.1." + i / 250 + "." + i % 250, 7000, ADDRESS);
    }
    assertThat(asked).hasSize(500);
  }

  @Test
  void reachesEndpointsByMutualTlsAsRequestsDo() {
    TestMesh mesh = service(1, TcpConnectionTest::inTurn);
    mesh.applied(
        Update.builder()
            .endpoints(
                List.of(
                    Endpoints.builder()
                        .name(TestMesh.REVIEWS)
                        .endpoints(List.of(TestMesh.endpoint(1).mutualTls(true).build()))
                        .build())));
    mesh.identity = true;
    Connection connection = open(mesh);
    address(connection);
    assertThat(connection.endpoint().tls()).isTrue();
    connection.connected();
    assertThat(mesh.meters).containsExactly("opened 10.0.0.1 - mTLS");
  }

  @Test
  void takesTheRouteThatDoesNotLookAtRequests() {
    String v2 = "outbound|9080|v2|reviews.default.svc.cluster.local";
    TestMesh mesh = service(1, TcpConnectionTest::inTurn);
    Route ofUser =
        TestMesh.route(v2)
            .matches(
                List.of(
                    RouteMatch.builder().headers(Map.of("user", StringMatch.exact("a"))).build()))
            .build();
    Route ofAll =
        TestMesh.route(TestMesh.REVIEWS)
            .matches(List.of(RouteMatch.builder().uri(StringMatch.prefix("/")).build()))
            .build();
    Update.Builder both =
        Update.builder()
            .upstreams(List.of(TestMesh.upstream(v2).build()))
            .endpoints(List.of(TestMesh.endpoints(v2, 0)));
    mesh.applied(both.routeTables(List.of(TestMesh.table(ofUser, ofAll))));
    assertThat(address(open(mesh))).isEqualTo("10.0.0.1");
    mesh.applied(Update.builder().routeTables(List.of(TestMesh.table(ofUser))));
    assertThat(open(mesh).start()).isEqualTo(Step.LEAVE);
    assertThat(mesh.meters).isEmpty();
  }

  @Test
  void leavesTheBytesOfTlsAloneAndCountsThem() {
    for (String protocol : List.of("HTTPS", "TLS")) {
      TestMesh mesh =
          service(
              1, upstream -> upstream.protocol(protocol).tlsMode(Upstream.TlsMode.ISTIO_MUTUAL));
      Connection connection = open(mesh);
      assertThat(connection.start()).isEqualTo(Step.COUNT);
      connection.connected();
      connection.closed();
      assertThat(mesh.meters).containsExactly("opened ? -", "closed ?");
    }
  }

  @Test
  void reachesTheVeryInstanceThatIsNamedByItsAddressWhereAProtocolMayHaveState() {
    for (String protocol : List.of("TCP", "REDIS", "")) {
      TestMesh mesh = named(service(3, upstream -> upstream.protocol(protocol)), "10.0.0.2:8080");
      for (int i = 0; i < 10; i++) {
        Connection connection = requireNonNull(mesh.engine.connect("10.0.0.2", 8080, ADDRESS));
        assertThat(address(connection)).isEqualTo("10.0.0.2");
      }
    }
    TestMesh mesh = named(service(2, TcpConnectionTest::inTurn), "10.0.0.2:8080");
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      reached.add(address(requireNonNull(mesh.engine.connect("10.0.0.2", 8080, ADDRESS))));
    }
    assertThat(reached).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
  }

  @Test
  void leavesAnotherServerOnTheMachineOfAnInstanceAlone() {
    // Without declared ports: what is not the port of an endpoint was never told to be HTTP.
    TestMesh mesh = service(1, upstream -> upstream.port(0).protocol("HTTP"));
    assertThat(open(mesh).start()).isEqualTo(Step.LEAVE);
    assertThat(mesh.engine.view().clusters().get(0).endpoints.get(0).active).isZero();
    assertThat(mesh.engine.view().clusters().get(0).connections).isZero();
    named(mesh, "reviews:80");
    assertThat(address(requireNonNull(mesh.engine.connect("reviews", 80, ADDRESS))))
        .isEqualTo("10.0.0.1");
    named(mesh, "reviews:8080");
    assertThat(address(requireNonNull(mesh.engine.connect("reviews", 8080, ADDRESS))))
        .isEqualTo("10.0.0.1");
  }

  @Test
  void refusesMoreConnectionsThanThePolicyAllows() {
    TestMesh mesh =
        service(
            1,
            upstream ->
                upstream.connectionPool(ConnectionPool.builder().maxConnections(1).build()));
    Connection first = open(mesh);
    address(first);
    Connection second = open(mesh);
    assertThat(second.start()).isEqualTo(Step.REFUSE);
    assertThat(second.reason()).isEqualTo("reviews:9080: the limit of connections is reached");
    assertThat(mesh.meters).containsExactly("opened ? UO", "closed ?");
    first.closed();
    assertThat(address(open(mesh))).isEqualTo("10.0.0.1");
  }

  @Test
  void avoidsEndpointsThatDoNotListenAndRefusesWhenNoneIsLeft() {
    OutlierDetection detection =
        OutlierDetection.builder().consecutive5xx(2).maxEjectionPercent(100).build();
    TestMesh mesh = service(2, upstream -> inTurn(upstream.outlierDetection(detection)));
    for (int i = 0; i < 4; i++) {
      Connection connection = open(mesh);
      if (address(connection).equals("10.0.0.1")) {
        connection.failed(new ConnectException("refused"));
      } else {
        connection.connected();
        connection.closed();
      }
    }
    for (int i = 0; i < 4; i++) {
      Connection connection = open(mesh);
      assertThat(address(connection)).isEqualTo("10.0.0.2");
      connection.failed(new ConnectException("refused"));
      if (i == 1) {
        break;
      }
    }
    Connection last = open(mesh);
    assertThat(last.start()).isEqualTo(Step.REFUSE);
    assertThat(last.reason()).endsWith("no healthy upstream");
    assertThat(mesh.meters).endsWith("opened ? UH", "closed ?");
  }

  @Test
  void leavesAServiceWithoutEndpointsAlone() {
    TestMesh mesh = service(0, TcpConnectionTest::inTurn);
    assertThat(open(mesh).start()).isEqualTo(Step.LEAVE);
    assertThat(mesh.engine.view().clusters().get(0).connections).isZero();
  }

  @Test
  void leavesANameThatOnlyDnsKnowsToTheLibrary() {
    TestMesh mesh = service(0, TcpConnectionTest::inTurn);
    mesh.applied(
        Update.builder()
            .endpoints(
                List.of(
                    Endpoints.builder()
                        .name(TestMesh.REVIEWS)
                        .endpoints(
                            List.of(
                                EndpointInfo.builder()
                                    .address("db.example.com")
                                    .port(9080)
                                    .build()))
                        .build())));
    Connection connection = open(mesh);
    assertThat(connection.start()).isEqualTo(Step.COUNT);
    connection.connected();
    connection.closed();
    assertThat(mesh.meters).containsExactly("opened db.example.com -", "closed db.example.com");
  }
}
