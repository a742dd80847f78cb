package dev.weft.policy;

import static dev.weft.policy.InboundResolverTest.peers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which endpoints callers reach by mutual TLS. */
@Timeout(60)
class MutualTlsTest {

  private static final String TLS_MODE = "security.istio.io/tlsMode";

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          istio |                                        | true
          istio | istio-system/m: STRICT                 | true
          istio | shop/n: PERMISSIVE                     | true
          istio | shop/n: DISABLE                        | false
          istio | shop/n: DISABLE; shop/w[app=reviews]: STRICT | true
          istio | shop/n: STRICT; shop/w[app=reviews]: DISABLE | false
          istio | shop/w[app=ratings]: DISABLE           | true
          istio | client/n: DISABLE                      | true
                |                                        | false
                | shop/n: STRICT                         | false
          other | shop/n: STRICT                         | false
          """)
  void anInstanceWithAnIdentityWhoseModeIsNotDisable(
      String label, String policies, boolean expected) {
    assertThat(endpoints(peers(policies), reviews(label, "r", false), "reviews.shop:80"))
        .extracting(EndpointInfo::mutualTls)
        .containsExactly(expected);
  }

  @Test
  void thePortOfTheInstanceDecidesAndNotThatOfTheService() {
    Document disabled =
        Fixtures.document(
            "PeerAuthentication",
            "shop",
            "w",
            "{selector: {matchLabels: {app: reviews}}, portLevelMtls: {8080: {mode: DISABLE}, 80: {}}}");
    List<Registration> instances = new ArrayList<>(reviews("istio", "r1", false));
    instances.addAll(
        List.of(
            reviews("istio", "r2", false).get(0).toBuilder()
                .ports(List.of(Port.builder().number(9090).build()))
                .address("10.0.9.9")
                .build()));

    assertThat(endpoints(List.of(disabled), instances, "reviews.shop:80"))
        .extracting(EndpointInfo::port, EndpointInfo::mutualTls)
        .containsExactly(tuple(8080, false), tuple(9090, true));
  }

  @Test
  void aPortWithTlsOfTheApplicationIsLeftAlone() {
    assertThat(endpoints(List.of(), reviews("istio", "r", true), "reviews.shop:443"))
        .extracting(EndpointInfo::mutualTls)
        .containsExactly(false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          shop/x: STRICT                 | true true false
          shop/x: DISABLE                | false false false
          shop/x[app=vm]: DISABLE        | false false false
          shop/x[version=v1]: DISABLE    | false true false
          default/x: DISABLE             | true true false
          """)
  void listedEndpointsAndWorkloadEntriesHaveTheirOwnLabels(String policies, String expected) {
    List<Document> documents = new ArrayList<>(peers(policies));
    documents.add(
        Fixtures.document(
            "ServiceEntry",
            "shop",
            "listed",
            """
            {hosts: [vm.org], resolution: STATIC, ports: [{number: 80, name: http}],
             endpoints: [{address: 10.1.0.1, serviceAccount: vm, labels: {app: vm, version: v1, security.istio.io/tlsMode: istio}}]}
            """));
    documents.add(
        Fixtures.document(
            "ServiceEntry",
            "shop",
            "selected",
            """
            {hosts: [vm.org], resolution: STATIC, ports: [{number: 80, name: http}],
             workloadSelector: {labels: {app: vm}}}
            """));
    documents.add(
        Fixtures.document(
            "WorkloadEntry",
            "shop",
            "a",
            "{address: 10.1.0.2, labels: {app: vm, security.istio.io/tlsMode: istio}}"));
    documents.add(
        Fixtures.document("WorkloadEntry", "shop", "b", "{address: 10.1.0.3, labels: {app: vm}}"));

    assertThat(endpoints(documents, List.of(), "vm.org:80"))
        .extracting(endpoint -> String.valueOf(endpoint.mutualTls()))
        .containsExactly(expected.split(" "));
  }

  @Test
  void identitiesOfAServiceEntryReachTheUpstream() {
    Document entry =
        Fixtures.document(
            "ServiceEntry",
            "shop",
            "e",
            """
            {hosts: [vm.org], resolution: STATIC, ports: [{number: 80, name: http}],
             endpoints: [{address: 10.1.0.1}], subjectAltNames: ["spiffe://cluster.local/ns/a/sa/b"]}
            """);

    assertThat(Validator.validate(entry)).isEmpty();
    assertThat(
            Resolver.resolve(
                    PolicySet.builder().documents(List.of(entry)).build(),
                    Fixtures.caller("client"),
                    "vm.org:80")
                .upstreams()
                .get(0)
                .subjectAltNames())
        .containsExactly("spiffe://cluster.local/ns/a/sa/b");
  }

  @Test
  void howManyEndpointsHaveItIsExplained() {
    PolicySet policies = PolicySet.builder().instances(reviews("istio", "r", false)).build();

    assertThat(
            Resolver.resolve(policies, Fixtures.caller("client"), "reviews.shop:80").explanation())
        .contains("outbound|80||reviews.shop.svc.cluster.local: 1 endpoint, 1 with mutual TLS");
  }

  /** The index against asking every selector. */
  @Test
  void anIndexOfSelectorsFindsWhatEachSelectorSelects() {
    Random random = new Random(20_261_122);
    for (int round = 0; round < 200; round++) {
      SelectorIndex<Integer> index = new SelectorIndex<>();
      List<Map<String, String>> selectors = new ArrayList<>();
      for (int i = random.nextInt(20); i >= 0; i--) {
        Map<String, String> selector = labels(random, 3);
        index.add("a", selector, selectors.size());
        selectors.add(selector);
      }
      index.freeze();
      for (int ask = 0; ask < 20; ask++) {
        Map<String, String> labels = labels(random, 5);
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < selectors.size(); i++) {
          if (labels.entrySet().containsAll(selectors.get(i).entrySet())) {
            expected.add(i);
          }
        }
        assertThat(index.select("a", labels)).isEqualTo(expected);
        assertThat(index.select("b", labels)).isEmpty();
      }
    }
  }

  private static Map<String, String> labels(Random random, int most) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      labels.put("k" + random.nextInt(4), "v" + random.nextInt(2));
    }
    return labels;
  }

  private static List<Registration> reviews(String label, String id, boolean tls) {
    Map<String, String> labels = new LinkedHashMap<>(Map.of("app", "reviews"));
    if (label != null) {
      labels.put(TLS_MODE, label);
    }
    return List.of(
        Fixtures.instance("reviews", "shop", id, "v1").toBuilder()
            .labels(labels)
            .ports(List.of(Port.builder().number(8080).tls(tls).build()))
            .build());
  }

  private static List<EndpointInfo> endpoints(
      List<Document> documents, List<Registration> instances, String table) {
    for (Document document : documents) {
      assertThat(Validator.isRefused(Validator.validate(document))).isFalse();
    }
    PolicySet policies = PolicySet.builder().documents(documents).instances(instances).build();
    return Resolver.resolve(policies, Fixtures.caller("client"), table)
        .endpoints()
        .get(0)
        .endpoints();
  }
}
