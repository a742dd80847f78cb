package dev.weft.policy;

import static dev.weft.policy.Fixtures.caller;
import static dev.weft.policy.Fixtures.instance;
import static dev.weft.policy.Fixtures.valid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Registration;
import dev.weft.model.RouteTable.Disposition;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services that documents describe, alone and beside registered instances. */
@Timeout(30)
class ServiceEntryTest {

  private static final String STATIC =
      entry(
          "default",
          "vm",
          """
          {hosts: [vm.example.org], addresses: [10.9.9.9], resolution: STATIC,
           ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080},
                   {number: 443, name: https, protocol: HTTPS}],
           endpoints: [{address: 10.1.0.1, weight: 3, locality: eu/a/1, serviceAccount: vm,
                        labels: {app: vm, version: v1, security.istio.io/tlsMode: istio}},
                       {address: 10.1.0.2, ports: {http: 9000}, labels: {version: v2}}]}
          """);

  @Test
  void staticEndpoints() {
    assertThat(endpoints(STATIC, List.of(), "vm.example.org:80"))
        .containsExactly(
            EndpointInfo.builder()
                .address("10.1.0.1")
                .port(8080)
                .weight(3)
                .namespace("default")
                .canonicalService("vm")
                .canonicalRevision("v1")
                .identity("spiffe://cluster.local/ns/default/sa/vm")
                .mutualTls(true)
                .locality("eu/a/1")
                .build(),
            EndpointInfo.builder()
                .address("10.1.0.2")
                .port(9000)
                .namespace("default")
                .canonicalRevision("v2")
                .build());
  }

  @Test
  void thePortSaysWhatIsSpoken() {
    String more =
        entry(
            "default",
            "more",
            "{hosts: [more.example.org], resolution: STATIC, endpoints: [{address: 10.1.0.9}],"
                + " ports: [{number: 1, name: http2-x}, {number: 2, name: db, protocol: mysql},"
                + " {number: 3, name: httpd}, {number: 4, name: grpc-web}]}");
    assertThat(
            Stream.of(1, 2, 3, 4)
                .map(port -> protocol(more, List.of(), "more.example.org:" + port)))
        .containsExactly("HTTP2", "MYSQL", "", "GRPC-WEB");
    assertThat(protocol(STATIC, List.of(), "vm.example.org:443")).isEqualTo("HTTPS");
    assertThat(protocol(STATIC, List.of(instance("plain", "default", "plain-1", "v1")), "plain:80"))
        .isEqualTo("HTTP");
  }

  private static String protocol(String yaml, List<Registration> instances, String name) {
    return resolve(yaml, instances, "default", name).upstreams().get(0).protocol();
  }

  @Test
  void aClientThatResolvedTheNameItselfAddressesTheService() {
    Resolution resolution = resolve(STATIC, List.of(), "default", "10.9.9.9:443");

    assertThat(resolution.routeTable().service()).isEqualTo("vm.example.org");
    assertThat(resolution.endpoints().get(0).endpoints())
        .extracting(EndpointInfo::port)
        .containsExactly(443, 443);
    assertThat(resolution.sources()).containsExactly("ServiceEntry/default/vm@");
  }

  @Test
  void aPortThatTheServiceDoesNotHaveIsUnknownToTheMesh() {
    assertThat(
            resolve(STATIC, List.of(), "default", "vm.example.org:81").routeTable().disposition())
        .isEqualTo(Disposition.PASS_THROUGH);
  }

  @ParameterizedTest
  @CsvSource({
    "vm.example.org, 80, , true",
    "vm.example.org, 443, , true",
    "vm.example.org, 80, 443, true",
    "vm.example.org, 80, 444, false",
    "one.example.org, 80, , true"
  })
  void aDestinationWithoutPortIsTheOnlyPortOrTheOneAddressed(
      String host, int addressed, Integer named, boolean complete) {
    String yaml =
        STATIC
            + entry(
                "default",
                "one",
                "{hosts: [one.example.org], resolution: DNS,"
                    + " ports: [{number: 9999, name: http}]}")
            + """
              ---
              apiVersion: networking.istio.io/v1
              kind: VirtualService
              metadata: {name: front, namespace: default}
              spec:
                hosts: [front.example.org, vm.example.org]
                http: [{route: [{destination: {host: %s%s}}]}]
              """
                .formatted(host, named == null ? "" : ", port: {number: " + named + "}");

    Resolution resolution = resolve(yaml, List.of(), "default", "vm.example.org:" + addressed);

    assertThat(resolution.isComplete()).isEqualTo(complete);
    int expected = named != null ? named : host.startsWith("one") ? 9999 : addressed;
    assertThat(resolution.routeTable().routes().get(0).destinations().get(0).upstream())
        .isEqualTo("outbound|" + expected + "||" + host);
  }

  @Test
  void aDestinationOfSeveralPortsThatNamesNoneCannotBeReached() {
    String yaml =
        STATIC
            + """
              ---
              apiVersion: networking.istio.io/v1
              kind: VirtualService
              metadata: {name: front, namespace: default}
              spec:
                hosts: [front]
                http: [{route: [{destination: {host: vm.example.org}}]}]
              """;

    Resolution resolution = resolve(yaml, List.of(), "default", "front:9000");

    assertThat(resolution.findings())
        .extracting(Finding::text)
        .containsExactly(
            "[IST0112] VirtualService/default/front spec.http[0].route[0].destination.port:"
                + " vm.example.org: no port is named (its ports: 80, 443)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {hosts: [a.org], resolution: DNS, ports: [{number: 80, name: http}]} | a.org:80 | a.org:80
          {hosts: [a.org], resolution: DNS, ports: [{number: 80, name: http, targetPort: 81}], endpoints: [{address: b.org}, {address: c.org, ports: {http: 7}}]} | a.org:80 | b.org:81 c.org:7
          {hosts: [a.org], resolution: DNS_ROUND_ROBIN, ports: [{number: 80, name: http}], endpoints: [{address: b.org}]} | a.org:80 | b.org:80
          {hosts: [a.org], ports: [{number: 80, name: http}]} | a.org:80 | a.org:80
          {hosts: ['*.a.org'], ports: [{number: 80, name: http}]} | X.a.org:80 | x.a.org:80
          {hosts: ['*.a.org'], resolution: DYNAMIC_DNS, ports: [{number: 80, name: http}]} | x.y.a.org:80 | x.y.a.org:80
          {hosts: [a.org], resolution: STATIC, ports: [{number: 80, name: http}], endpoints: [{address: 'unix:///s'}, {address: 10.0.0.1}]} | a.org:80 | 10.0.0.1:80
          """)
  void whereRequestsGo(String spec, String table, String expected) {
    assertThat(endpoints(entry("default", "a", spec), List.of(), table))
        .extracting(endpoint -> endpoint.address() + ":" + endpoint.port())
        .containsExactly(expected.split(" "));
  }

  @Test
  void aSelectorTakesWorkloadEntriesAndInstancesOfItsNamespace() {
    String yaml =
        entry(
                "shop",
                "db",
                "{hosts: [db.example.org], resolution: STATIC, ports: [{number: 80, name: http}],"
                    + " workloadSelector: {labels: {app: db}}}")
            + workload("shop", "db-1", "{address: 10.2.0.1, labels: {app: db}, ports: {http: 81}}")
            + workload("shop", "other", "{address: 10.2.0.2, labels: {app: other}}")
            + workload("default", "db-2", "{address: 10.2.0.3, labels: {app: db}}");
    Registration db = instance("db", "shop", "db-3", "v1");

    List<EndpointInfo> endpoints =
        endpoints(yaml, List.of(db, instance("db", "default", "d", "v1")), "db.example.org:80");

    assertThat(endpoints)
        .extracting(EndpointInfo::workload, EndpointInfo::address, EndpointInfo::port)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("db-1", "10.2.0.1", 81),
            org.assertj.core.groups.Tuple.tuple("db-v1", db.address(), 8080));
  }

  @Test
  void anEntryOfTheSameNameAddsToRegisteredInstances() {
    String yaml =
        entry(
            "shop",
            "vm",
            "{hosts: [reviews.shop.svc.cluster.local], resolution: STATIC, ports: [{number: 9080,"
                + " name: http}], endpoints: [{address: 10.3.0.1}]}");

    assertThat(
            endpoints(yaml, List.of(instance("reviews", "shop", "r", "v1")), "reviews.shop:9080"))
        .extracting(EndpointInfo::port)
        .containsExactly(8080, 9080);
  }

  @Test
  void severalEntriesOfOneNamespaceContributeAllTheirEndpoints() {
    String spec =
        "{hosts: [a.org], resolution: STATIC, ports: [{number: 80, name: http}], endpoints:"
            + " [{address: %s}]}";

    assertThat(
            endpoints(
                entry("default", "a", spec.formatted("10.0.0.1"))
                    + entry("default", "b", spec.formatted("10.0.0.2"))
                    + entry("zoo", "c", spec.formatted("10.0.0.3")),
                List.of(),
                "a.org:80"))
        .extracting(EndpointInfo::address)
        .containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void theOwnNamespaceComesFirstThenInstancesThenTheOldestEntry() {
    String spec =
        "{hosts: [%s], resolution: STATIC, ports: [{number: 80, name: http}], endpoints:"
            + " [{address: 10.0.0.9}]}";
    String own = entry("client", "own", spec.formatted("reviews.shop.svc.cluster.local"));
    List<Registration> instances = List.of(instance("reviews", "shop", "r", "v1"));

    assertThat(resolve(own, instances, "client", "reviews.shop:80").routeTable().serviceNamespace())
        .isEqualTo("client");
    assertThat(resolve(own, instances, "other", "reviews.shop:80").routeTable().serviceNamespace())
        .isEqualTo("shop");
    assertThat(resolve(own, List.of(), "other", "reviews.shop:80").routeTable().serviceNamespace())
        .isEqualTo("client");
  }

  @ParameterizedTest
  @CsvSource({
    "., default, ROUTED",
    "., other, PASS_THROUGH",
    "other, other, ROUTED",
    "~, default, PASS_THROUGH",
    "'*', other, ROUTED"
  })
  void exportToSaysWhoSeesAnEntry(String exportTo, String namespace, Disposition disposition) {
    String yaml =
        entry(
            "default",
            "a",
            "{hosts: [a.org], ports: [{number: 80, name: http}], exportTo: ['%s']}"
                .formatted(exportTo));

    assertThat(resolve(yaml, List.of(), namespace, "a.org:80").routeTable().disposition())
        .isEqualTo(disposition);
  }

  private static String entry(String namespace, String name, String spec) {
    return one("ServiceEntry", namespace, name, spec);
  }

  private static String workload(String namespace, String name, String spec) {
    return one("WorkloadEntry", namespace, name, spec);
  }

  private static String one(String kind, String namespace, String name, String spec) {
    return "---\napiVersion: networking.istio.io/v1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + ", namespace: "
        + namespace
        + "}\nspec:\n  "
        + spec.strip().replace("\n", "\n  ")
        + "\n";
  }

  private static List<EndpointInfo> endpoints(
      String yaml, List<Registration> instances, String table) {
    Resolution resolution = resolve(yaml, instances, "default", table);
    assertThat(resolution.endpoints()).hasSize(1);
    return resolution.endpoints().get(0).endpoints();
  }

  private static Resolution resolve(
      String yaml, List<Registration> instances, String namespace, String table) {
    PolicySet policies = PolicySet.builder().documents(valid(yaml)).instances(instances).build();
    return Resolver.resolve(policies, caller(namespace), table);
  }
}
