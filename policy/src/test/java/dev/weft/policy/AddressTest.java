package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import dev.weft.model.RouteTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests to an ip:port that the client found by itself. */
@Timeout(30)
class AddressTest {

  private static final Registration ONE = at("reviews", "r1", "10.0.0.7", 8080);
  private static final Registration TWO = at("reviews", "r2", "10.0.0.8", 8080);
  private static final Registration CALLER = at("productpage", "p1", "10.0.0.1", 9080);

  private static final String ROUTES =
      """
      hosts: [reviews]
      http: [{name: canary, retries: {attempts: 3}, route: [{destination: {host: reviews}}]}]
      """;

  @Test
  void theServiceThatHasTheEndpointIsMeant() {
    Resolution resolution = resolve(CALLER, "10.0.0.7:8080", ONE, TWO, CALLER);
    RouteTable table = resolution.routeTable();
    assertThat(table.disposition()).isEqualTo(RouteTable.Disposition.ROUTED);
    assertThat(table.name()).isEqualTo("10.0.0.7:8080");
    assertThat(table.service()).isEqualTo("reviews.default.svc.cluster.local");
    assertThat(addresses(resolution)).containsExactly("10.0.0.7:8080", "10.0.0.8:8080");
    assertThat(resolution.explanation().get(0))
        .isEqualTo(
            "10.0.0.7:8080 is an endpoint of reviews.default.svc.cluster.local: the request is one"
                + " to port 80 of it");
  }

  @Test
  void itsRoutesApplyAndItsUpstreamIsTheOneOfItsName() {
    PolicySet policies =
        policies(
            List.of(Fixtures.document("VirtualService", "default", "vs", ROUTES)),
            ONE,
            TWO,
            CALLER);
    Resolution byAddress = Resolver.resolve(policies, CALLER, "10.0.0.7:8080");
    Resolution byName = Resolver.resolve(policies, CALLER, "reviews:80");
    assertThat(byAddress.routeTable().source()).isEqualTo("default/vs");
    assertThat(byAddress.routeTable().routes()).isEqualTo(byName.routeTable().routes());
    assertThat(byAddress.upstreams()).isEqualTo(byName.upstreams());
    assertThat(byAddress.endpoints()).isEqualTo(byName.endpoints());
  }

  @Test
  void anotherPortOfTheInstanceIsThatPortOfTheService() {
    Registration both =
        ONE.toBuilder()
            .ports(
                List.of(Port.builder().number(8080).build(), Port.builder().number(8081).build()))
            .build();
    Resolution resolution = resolve(CALLER, "10.0.0.7:8081", both, CALLER);
    assertThat(resolution.upstreams().get(0).name())
        .isEqualTo("outbound|8081||reviews.default.svc.cluster.local");
    assertThat(addresses(resolution)).containsExactly("10.0.0.7:8081");
  }

  @Test
  void whatIsNobodysIsUnknown() {
    assertPassesThrough(resolve(CALLER, "10.0.0.7:9999", ONE, CALLER));
    assertPassesThrough(resolve(CALLER, "10.0.0.99:8080", ONE, CALLER));
  }

  @Test
  void anInstanceThatAsksItselfIsLeftAlone() {
    Resolution resolution = resolve(ONE, "10.0.0.7:8080", ONE, TWO);
    assertPassesThrough(resolution);
    assertThat(resolution.explanation().get(0)).contains("is the caller itself");
  }

  @Test
  void anInstanceThatAsksItselfIsLeftAloneUnderRegistryOnly() {
    PolicySet policies =
        PolicySet.builder()
            .instances(List.of(ONE, TWO))
            .outboundMode(PolicySet.OutboundMode.REGISTRY_ONLY)
            .build();
    assertPassesThrough(Resolver.resolve(policies, ONE, "10.0.0.7:8080"));
    assertThat(Resolver.resolve(policies, ONE, "10.0.0.99:8080").routeTable().disposition())
        .isEqualTo(RouteTable.Disposition.BLOCKED);
  }

  @Test
  void anInstanceThatAsksAnotherOfItsServiceMeansThatOne() {
    Resolution resolution = resolve(ONE, "10.0.0.8:8080", ONE, TWO);
    assertThat(resolution.routeTable().disposition()).isEqualTo(RouteTable.Disposition.ROUTED);
    assertThat(addresses(resolution)).containsExactly("10.0.0.8:8080");
    assertThat(resolution.upstreams().get(0).name())
        .isEqualTo("outbound|80|10.0.0.8:8080|reviews.default.svc.cluster.local");
  }

  @Test
  void aCallerCanSayThatItMeansInstances() {
    Registration admin =
        CALLER.toBuilder().labels(Map.of("weft.dev/addressed-instances", "keep")).build();
    assertThat(addresses(resolve(admin, "10.0.0.8:8080", ONE, TWO, admin)))
        .containsExactly("10.0.0.8:8080");
  }

  @Test
  void aCallerWhoseAddressIsUnknownMeansInstances() {
    Registration unknown = CALLER.toBuilder().address("").build();
    assertThat(addresses(resolve(unknown, "10.0.0.8:8080", ONE, TWO)))
        .containsExactly("10.0.0.8:8080");
  }

  @Test
  void loopbackIsKnownToThoseOnlyWhoRegisteredThere() {
    Registration local = at("reviews", "r1", "127.0.0.1", 8080);
    assertPassesThrough(resolve(CALLER, "127.0.0.1:8080", local, CALLER));
    Registration neighbour = CALLER.toBuilder().address("127.0.0.1").build();
    assertThat(addresses(resolve(neighbour, "127.0.0.1:8080", local, neighbour)))
        .containsExactly("127.0.0.1:8080");
  }

  @Test
  void anInstanceThatIsNotReadyIsUnknown() {
    Registration draining = ONE.toBuilder().state(Registration.State.DRAINING).build();
    assertPassesThrough(resolve(CALLER, "10.0.0.7:8080", draining, TWO, CALLER));
  }

  @Test
  void anAddressOfTwoServicesIsLeftAlone() {
    Resolution resolution =
        resolve(CALLER, "10.0.0.7:8080", ONE, at("ratings", "x", "10.0.0.7", 8080), CALLER);
    assertPassesThrough(resolution);
    assertThat(resolution.explanation().get(0))
        .isEqualTo(
            "10.0.0.7:8080 is an endpoint of reviews.default.svc.cluster.local and of"
                + " ratings.default.svc.cluster.local: sent as if there were no mesh");
  }

  @Test
  void endpointsOfServiceEntriesCountWithTheirTargetPorts() {
    Document entry =
        Fixtures.document(
            "ServiceEntry",
            "default",
            "vm",
            """
            hosts: [vm.example.org]
            resolution: STATIC
            ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
            endpoints: [{address: 10.1.0.1}, {address: 10.1.0.2, ports: {http: 9000}}]
            """);
    Resolution resolution =
        Resolver.resolve(policies(List.of(entry), CALLER), CALLER, "10.1.0.2:9000");
    assertThat(resolution.routeTable().service()).isEqualTo("vm.example.org");
    assertThat(addresses(resolution)).containsExactly("10.1.0.1:8080", "10.1.0.2:9000");
    assertPassesThrough(
        Resolver.resolve(policies(List.of(entry), CALLER), CALLER, "10.1.0.1:9000"));
  }

  @Test
  void workloadEntriesCountThroughTheServiceEntryThatSelectsThem() {
    List<Document> documents =
        List.of(
            Fixtures.document(
                "ServiceEntry",
                "default",
                "vm",
                """
                hosts: [vm.example.org]
                resolution: STATIC
                ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
                workloadSelector: {labels: {app: vm}}
                """),
            Fixtures.document(
                "WorkloadEntry", "default", "w1", "address: 10.2.0.1\nlabels: {app: vm}"));
    Resolution resolution = Resolver.resolve(policies(documents, CALLER), CALLER, "10.2.0.1:8080");
    assertThat(resolution.routeTable().service()).isEqualTo("vm.example.org");
    assertThat(addresses(resolution)).containsExactly("10.2.0.1:8080");
  }

  @Test
  void aStandpointGivesTheSameAnswer() {
    for (Registration caller : List.of(ONE, TWO, CALLER, CALLER.toBuilder().address("").build())) {
      for (String name : List.of("10.0.0.7:8080", "10.0.0.8:8080", "10.9.9.9:1", "reviews:80")) {
        Resolution whole = resolve(caller, name, ONE, TWO, CALLER);
        Resolution reduced = resolve(Resolver.standpoint(caller, name), name, ONE, TWO, CALLER);
        assertThat(reduced.explanation()).isEqualTo(whole.explanation());
        assertThat(reduced.routeTable()).isEqualTo(whole.routeTable());
      }
    }
    assertThat(Resolver.standpoint(ONE, "reviews:80"))
        .isEqualTo(Resolver.standpoint(TWO, "reviews:80"));
  }

  private static void assertPassesThrough(Resolution resolution) {
    assertThat(resolution.routeTable().disposition())
        .as(String.valueOf(resolution.explanation()))
        .isEqualTo(RouteTable.Disposition.PASS_THROUGH);
  }

  private static Resolution resolve(Registration caller, String name, Registration... instances) {
    return Resolver.resolve(policies(List.of(), instances), caller, name);
  }

  private static PolicySet policies(List<Document> documents, Registration... instances) {
    return PolicySet.builder().documents(documents).instances(Arrays.asList(instances)).build();
  }

  private static List<String> addresses(Resolution resolution) {
    List<String> addresses = new ArrayList<>();
    for (Endpoints endpoints : resolution.endpoints()) {
      for (EndpointInfo endpoint : endpoints.endpoints()) {
        addresses.add(endpoint.address() + ":" + endpoint.port());
      }
    }
    return addresses;
  }

  private static Registration at(String service, String id, String address, int port) {
    return Fixtures.instance(service, "default", id, "v1").toBuilder()
        .address(address)
        .ports(List.of(Port.builder().number(port).build()))
        .labels(Map.of("app", service))
        .build();
  }
}
