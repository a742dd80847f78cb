package dev.weft.policy;

import static dev.weft.policy.Fixtures.caller;
import static dev.weft.policy.Fixtures.instance;
import static dev.weft.policy.Fixtures.valid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import dev.weft.model.RetryPolicy;
import dev.weft.model.RouteTable;
import dev.weft.model.RouteTable.Disposition;
import dev.weft.model.Upstream;
import dev.weft.model.WeightedUpstream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ResolverTest {

  static final String CANARY =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews, namespace: default, resourceVersion: "7"}
      spec:
        hosts: [reviews]
        http:
        - name: split
          route:
          - destination: {host: reviews, subset: v1}
            weight: 90
          - destination: {host: reviews, subset: v2}
            weight: 10
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: reviews, namespace: default, resourceVersion: "8"}
      spec:
        host: reviews
        subsets:
        - name: v1
          labels: {version: v1}
        - name: v2
          labels: {version: v2}
      """;

  private static final List<Registration> INSTANCES =
      List.of(
          instance("reviews", "default", "r1", "v1"),
          instance("reviews", "default", "r2", "v2"),
          instance("reviews", "default", "r3", "v2"));

  @Test
  void splitsBetweenSubsets() {
    Resolution resolution = resolve(CANARY, "reviews:9080");

    assertThat(resolution.isComplete()).isTrue();
    assertThat(resolution.routeTable().name()).isEqualTo("reviews:9080");
    assertThat(resolution.routeTable().disposition()).isEqualTo(Disposition.ROUTED);
    assertThat(resolution.routeTable().service()).isEqualTo("reviews.default.svc.cluster.local");
    assertThat(resolution.routeTable().source()).isEqualTo("default/reviews");
    assertThat(resolution.routeTable().routes()).hasSize(1);
    assertThat(resolution.routeTable().routes().get(0).destinations())
        .containsExactly(
            WeightedUpstream.builder()
                .upstream("outbound|9080|v1|reviews.default.svc.cluster.local")
                .weight(90)
                .build(),
            WeightedUpstream.builder()
                .upstream("outbound|9080|v2|reviews.default.svc.cluster.local")
                .weight(10)
                .build());
    assertThat(resolution.upstreams()).extracting(Upstream::subset).containsExactly("v1", "v2");
    assertThat(resolution.endpoints()).extracting(e -> e.endpoints().size()).containsExactly(1, 2);
    assertThat(resolution.sources())
        .containsExactlyInAnyOrder(
            "VirtualService/default/reviews@7", "DestinationRule/default/reviews@8");
  }

  @Test
  void aServiceWithoutPolicyGetsTheDefaultRoute() {
    Resolution resolution = resolve("", "reviews:80");

    assertThat(resolution.routeTable().routes()).hasSize(1);
    assertThat(resolution.routeTable().routes().get(0).retries())
        .isEqualTo(
            RetryPolicy.builder()
                .attempts(2)
                .retryOn(
                    Set.of(
                        "connect-failure",
                        "refused-stream",
                        "unavailable",
                        "cancelled",
                        "retriable-status-codes"))
                .build());
    assertThat(only(resolution).endpoints()).hasSize(3);
  }

  @Test
  void anEndpointSaysWhoItIs() {
    Registration meshed =
        instance("reviews", "default", "r1", "v1").toBuilder()
            .labels(Map.of("version", "v1", "app", "rev", "security.istio.io/tlsMode", "istio"))
            .build();

    Resolution resolution = resolve("", List.of(meshed), "reviews:80");

    assertThat(only(resolution).endpoints())
        .containsExactly(
            EndpointInfo.builder()
                .address(meshed.address())
                .port(8080)
                .workload("reviews-v1")
                .namespace("default")
                .canonicalService("rev")
                .canonicalRevision("v1")
                .identity("spiffe://cluster.local/ns/default/sa/reviews")
                .mutualTls(true)
                .locality("eu/a/1")
                .build());
  }

  @ParameterizedTest
  @CsvSource({
    "reviews:9080, default, ROUTED",
    "REVIEWS:80, default, ROUTED",
    "reviews.default:9080, default, ROUTED",
    "reviews.default.svc:80, default, ROUTED",
    "reviews.default.svc.cluster.local:80, default, ROUTED",
    "reviews.default.svc.cluster.local.:80, default, ROUTED",
    "reviews, default, ROUTED",
    "reviews:9080, other, PASS_THROUGH",
    "reviews.default:9080, other, ROUTED",
    "reviews.default.svc.cluster.local:80, other, ROUTED",
    "example.org:443, default, PASS_THROUGH",
    "10.1.2.3:80, default, PASS_THROUGH",
    "'[::1]:80', default, PASS_THROUGH"
  })
  void namesThatAClientMayUse(String table, String namespace, Disposition disposition) {
    PolicySet policies = PolicySet.builder().instances(INSTANCES).build();

    assertThat(Resolver.resolve(policies, caller(namespace), table).routeTable().disposition())
        .isEqualTo(disposition);
  }

  @Test
  void unknownHostsAreBlockedUnderRegistryOnly() {
    PolicySet policies =
        PolicySet.builder().outboundMode(PolicySet.OutboundMode.REGISTRY_ONLY).build();

    assertThat(
            Resolver.resolve(policies, caller("default"), "example.org:443")
                .routeTable()
                .disposition())
        .isEqualTo(Disposition.BLOCKED);
  }

  /** As a sidecar of Istio has a listener for the port, and knows no names there. */
  @ParameterizedTest(name = "{0} declared {1}: {2}")
  @CsvSource({
    "10.1.2.3:5432, TCP, PASS_THROUGH",
    "alias.example:5432, TCP, PASS_THROUGH",
    "10.1.2.3:5432, TLS, PASS_THROUGH",
    "alias.example:5432, TLS, BLOCKED",
    "10.1.2.3:5432, HTTP, BLOCKED",
    "10.1.2.3:5433, TCP, BLOCKED",
    "10.1.2.3:5432, TCP 10.1.0.0/16, PASS_THROUGH",
    "10.2.2.3:5432, TCP 10.1.0.0/16, BLOCKED",
    "alias.example:5432, TCP 10.1.0.0/16, BLOCKED",
    "10.2.2.3:5432, TCP 0.0.0.0/0, PASS_THROUGH",
    "'[2001:db8::1]:5432', TCP 10.1.0.0/16, BLOCKED"
  })
  void portsThatAServiceEntryDeclaresLetOutUnderRegistryOnly(
      String table, String declared, Disposition expected) {
    String[] parts = declared.split(" ");
    String entry =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: db, namespace: default}
        spec:
          hosts: [db.example]
          addresses: [%s]
          exportTo: ["."]
          resolution: NONE
          ports: [{number: 5432, name: db, protocol: %s}]
        """
            .formatted(parts.length == 1 ? "" : parts[1], parts[0]);
    PolicySet policies =
        PolicySet.builder()
            .documents(Documents.parse(entry).documents())
            .outboundMode(PolicySet.OutboundMode.REGISTRY_ONLY)
            .build();

    assertThat(Resolver.resolve(policies, caller("default"), table).routeTable().disposition())
        .isEqualTo(expected);
    assertThat(Resolver.resolve(policies, caller("other"), table).routeTable().disposition())
        .isEqualTo(Disposition.BLOCKED);
    assertThat(
            Resolver.resolve(policies, caller("default"), "db.example:5432")
                .routeTable()
                .disposition())
        .isEqualTo(Disposition.ROUTED);
  }

  @Test
  void aMissingSubsetIsKeptInTheRouteAndSaid() {
    Resolution resolution = resolve(CANARY.replace("subset: v2", "subset: v3"), "reviews:9080");

    assertThat(resolution.isComplete()).isFalse();
    assertThat(resolution.routeTable().routes().get(0).destinations()).hasSize(2);
    assertThat(resolution.upstreams()).extracting(Upstream::subset).containsExactly("v1");
    assertThat(resolution.findings())
        .extracting(Finding::text)
        .containsExactly(
            "[IST0101] VirtualService/default/reviews spec.http[0].route[1].destination.subset: v3:"
                + " no DestinationRule of reviews.default.svc.cluster.local defines this subset"
                + " (DestinationRule default/reviews has: v1, v2)");
  }

  @Test
  void onlyReadyInstancesWithAPortAreEndpoints() {
    List<Registration> instances =
        List.of(
            INSTANCES.get(0).toBuilder().state(Registration.State.STARTING).build(),
            INSTANCES.get(1).toBuilder().state(Registration.State.DRAINING).build(),
            INSTANCES.get(2).toBuilder().ports(List.of()).build());

    Resolution resolution = resolve("", instances, "reviews:80");

    assertThat(resolution.routeTable().disposition()).isEqualTo(Disposition.ROUTED);
    assertThat(only(resolution).endpoints()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"80, 8080", "9080, 8080", "8081, 8081", "443, 8443", "8443, 8443"})
  void theEndpointsOwnPortIsUsed(int addressed, int used) {
    Registration instance =
        INSTANCES.get(0).toBuilder()
            .ports(
                List.of(
                    Port.builder().number(8443).tls(true).build(),
                    Port.builder().number(8080).build(),
                    Port.builder().number(8081).build()))
            .build();

    Resolution resolution = resolve("", List.of(instance), "reviews:" + addressed);

    assertThat(only(resolution).endpoints()).extracting(EndpointInfo::port).containsExactly(used);
  }

  @Test
  void aVirtualServiceHoldsWhileItsServiceHasNoInstance() {
    Resolution resolution = resolve(CANARY, List.of(), "reviews:9080");

    assertThat(resolution.routeTable().disposition()).isEqualTo(Disposition.ROUTED);
    assertThat(resolution.isComplete()).isTrue();
    assertThat(resolution.endpoints()).extracting(e -> e.endpoints().size()).containsExactly(0, 0);
  }

  private static Endpoints only(Resolution resolution) {
    assertThat(resolution.endpoints()).hasSize(1);
    return resolution.endpoints().get(0);
  }

  private static Resolution resolve(String yaml, String table) {
    return resolve(yaml, INSTANCES, table);
  }

  private static Resolution resolve(String yaml, List<Registration> instances, String table) {
    PolicySet policies = PolicySet.builder().documents(valid(yaml)).instances(instances).build();
    Resolution resolution = Resolver.resolve(policies, caller("default"), table);
    RouteTable routes = resolution.routeTable();
    assertThat(routes.name()).isEqualTo(table);
    return resolution;
  }
}
