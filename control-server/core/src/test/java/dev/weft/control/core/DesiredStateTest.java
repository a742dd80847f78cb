package dev.weft.control.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.Port;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.model.TrustBundle;
import dev.weft.policy.InboundResolution;
import dev.weft.policy.Problem;
import dev.weft.policy.Resolution;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class DesiredStateTest {

  private static final Registration CALLER =
      Registration.builder().service("shop").namespace("default").build();

  private final FakeStore store = new FakeStore();
  private final FakeRegistry registry = new FakeRegistry();
  private final FakeTrust trust = new FakeTrust();
  private final FakeJwks jwks = new FakeJwks();
  private final DesiredState desired = new DesiredState(store, registry, trust, jwks);
  private final AgentBoard board = new AgentBoard(Clock.systemUTC());
  private final StatusReport report = new StatusReport(desired, board);

  @Test
  void countsEachChangeAndTellsIt() {
    AtomicInteger told = new AtomicInteger();
    desired.onChange(told::incrementAndGet);
    long before = desired.revision();
    rule("v1");
    registry.set(instance("v1"));
    assertThat(desired.revision()).isEqualTo(before + 2);
    assertThat(told).hasValue(2);
  }

  @Test
  void answersTheSameQuestionOnceARevision() {
    rule("v1");
    route("v1");
    Resolution first = desired.resolve(CALLER, "payments:80");
    assertThat(desired.resolve(CALLER, "payments:80")).isSameAs(first);
    registry.set(instance("v1"));
    Resolution second = desired.resolve(CALLER, "payments:80");
    assertThat(second).isNotSameAs(first);
    assertThat(second.endpoints().get(0).endpoints()).hasSize(1);
  }

  @Test
  void sendsNothingToAnInstanceThatIsNotReady() {
    registry.set(instance("v1").toBuilder().state(Registration.State.STARTING).build());
    assertThat(desired.resolve(CALLER, "payments:80").endpoints())
        .allSatisfy(each -> assertThat(each.endpoints()).isEmpty());
  }

  @Test
  void holdsBackWhatNamesAMissingSubsetUntilItIsThere() {
    rule("v1");
    Resource good = route("v1");
    assertThat(upstreams()).containsExactly("outbound|80|v1|payments.default.svc.cluster.local");
    Resource bad = route("v3");
    assertThat(upstreams()).containsExactly("outbound|80|v1|payments.default.svc.cluster.local");
    assertThat(desired.resolve(CALLER, "payments:80").sources()).contains(good.source());
    assertThat(store.heldBack()).containsExactly(good);
    assertThat(report.of(bad).summary())
        .startsWith("held back: generation 1 stays in force, because")
        .contains("v3: no DestinationRule of payments.default.svc.cluster.local");

    DesiredState restarted = new DesiredState(store, registry, trust, jwks);
    assertThat(restarted.resolve(CALLER, "payments:80").sources()).contains(good.source());

    rule("v1", "v3");
    assertThat(upstreams()).containsExactly("outbound|80|v3|payments.default.svc.cluster.local");
    assertThat(store.heldBack()).isEmpty();
  }

  @Test
  void aNewResourceThatNamesAMissingSubsetHasNothingThatCouldStay() {
    Resource only = route("v3");
    assertThat(desired.state().held(only.key())).isNull();
    assertThat(report.of(only).messages()).isNotEmpty();
    assertThat(report.of(only).summary())
        .startsWith("no agent has asked for it yet; error: ")
        .contains("v3: no DestinationRule of payments.default.svc.cluster.local");
  }

  @Test
  void saysWhoAcceptedAndWhoRefused() {
    rule("v1");
    Resource route = route("v1");
    for (int i = 1; i <= 12; i++) {
      String id = "checkout-" + i;
      board.connected(Registration.builder().instanceId(id).build());
      board.sent(id, "1", Set.of(route.source()));
      List<Rejection> rejections = new ArrayList<>();
      if (i == 7) {
        rejections.add(
            Rejection.builder()
                .source(route.key().toString())
                .reason("unknown subset v3 of payments")
                .build());
      }
      board.answered(id, "1", rejections);
    }
    assertThat(report.of(route).summary())
        .isEqualTo(
            "accepted by 11 of 12 agents; checkout-7: rejected: unknown subset v3 of payments");
    assertThat(report.status(route).toString()).contains("Rejected");
  }

  @Test
  void changeOfRootsOrOfKeysCountsAndIsTold() {
    AtomicInteger told = new AtomicInteger();
    desired.onChange(told::incrementAndGet);
    assertThat(desired.trustBundle().roots()).isEmpty();
    long before = desired.revision();

    trust.set(TrustBundle.builder().trustDomain("example.org").roots(List.of("a root")).build());
    jwks.put("https://issuer.example/keys", "{}");

    assertThat(desired.revision()).isEqualTo(before + 2);
    assertThat(told).hasValue(2);
    assertThat(desired.trustBundle().roots()).containsExactly("a root");
    assertThat(desired.state().policies().trustDomain()).isEqualTo("example.org");
    assertThat(desired.inbound(CALLER).policy().trustDomain()).isEqualTo("example.org");
  }

  @Test
  void answersForTheInboundSideOnceARevisionAndWorkload() {
    Registration one = instance("v1");
    Registration same = one.toBuilder().instanceId("payments-v1-2").address("10.0.0.2").build();
    InboundResolution first = desired.inbound(one);

    assertThat(desired.inbound(same)).isSameAs(first);
    assertThat(desired.inbound(one.toBuilder().serviceAccount("other").build())).isNotSameAs(first);
    registry.set(one);
    assertThat(desired.inbound(one)).isNotSameAs(first);
  }

  @Test
  void keysOfIssuersAreFetchedAndTheirAbsenceIsAFinding() {
    String uri = "https://issuer.example/keys";
    Resource authentication =
        store.put(
            Kind.REQUEST_AUTHENTICATION,
            "jwt",
            Map.of(
                "jwtRules",
                List.of(
                    Map.of("issuer", "https://a.example", "jwksUri", uri),
                    Map.of("issuer", "https://b.example/"))));
    registry.set(instance("v1"));
    assertThat(desired.inbound(instance("v1")).policy().jwtRules().get(0).jwks()).isEmpty();
    assertThat(jwks.wanted)
        .containsExactlyInAnyOrder(uri, "https://b.example/.well-known/openid-configuration");

    jwks.problems.put(uri, "connection refused");
    assertThat(report.of(authentication).messages())
        .extracting(Problem::text)
        .contains(
            "spec.jwtRules[0].jwksUri: https://issuer.example/keys: connection refused;"
                + " no token of issuer https://a.example is valid until it can be fetched",
            "spec.jwtRules[1].issuer: https://b.example/.well-known/openid-configuration:"
                + " not fetched yet;"
                + " no token of issuer https://b.example/ is valid until it can be fetched");

    jwks.put(uri, "{\"keys\":[]}");
    assertThat(desired.inbound(instance("v1")).policy().jwtRules().get(0).jwks())
        .isEqualTo("{\"keys\":[]}");
    assertThat(report.of(authentication).messages())
        .extracting(Problem::text)
        .contains(
            "spec.jwtRules[0].jwksUri: https://issuer.example/keys: connection refused;"
                + " the keys that were fetched before stay in force");
  }

  @Test
  void whatIsWrongForAWorkloadIsAFindingOfThePolicy() {
    registry.set(instance("v1"));
    Resource custom =
        store.put(
            Kind.AUTHORIZATION_POLICY,
            "ask",
            Map.of(
                "action", "CUSTOM", "provider", Map.of("name", "opa"), "rules", List.of(Map.of())));
    assertThat(report.of(custom).messages())
        .extracting(Problem::text)
        .anySatisfy(text -> assertThat(text).startsWith("spec.provider.name: opa: "));
    assertThat(report.of(custom).summary()).startsWith("it selects no connected agent");
  }

  private List<String> upstreams() {
    return desired.resolve(CALLER, "payments:80").upstreams().stream()
        .map(upstream -> upstream.name())
        .toList();
  }

  private Resource route(String subset) {
    return store.put(
        Kind.VIRTUAL_SERVICE,
        "payments",
        Map.of(
            "hosts",
            List.of("payments"),
            "http",
            List.of(
                Map.of(
                    "route",
                    List.of(
                        Map.of("destination", Map.of("host", "payments", "subset", subset)))))));
  }

  private void rule(String... subsets) {
    List<Object> entries = new ArrayList<>();
    for (String subset : subsets) {
      entries.add(Map.of("name", subset, "labels", Map.of("version", subset)));
    }
    store.put(Kind.DESTINATION_RULE, "payments", Map.of("host", "payments", "subsets", entries));
  }

  private static Registration instance(String version) {
    return Registration.builder()
        .instanceId("payments-" + version)
        .service("payments")
        .namespace("default")
        .address("10.0.0.1")
        .ports(List.of(Port.builder().number(8080).protocol("http").build()))
        .labels(Map.of("version", version))
        .state(Registration.State.READY)
        .build();
  }
}
