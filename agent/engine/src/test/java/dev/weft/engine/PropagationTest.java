package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weft.context.CallContext;
import dev.weft.engine.propagation.Propagation;
import dev.weft.inbound.InboundCall;
import dev.weft.model.HeaderOperations;
import dev.weft.model.RouteMatch;
import dev.weft.model.StringMatch;
import dev.weft.outbound.Directive;
import dev.weft.outbound.OutboundCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What travels from a request that arrived to those that are sent because of it. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class PropagationTest {

  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final String B3 = "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1";

  private final TestMesh mesh =
      new TestMesh(
          EngineSettings.DEFAULTS.propagation(new Propagation(List.of("X-Version", "end-user"))));

  @AfterEach
  void nothingIsCurrent() {
    CallContext.NONE.attach();
  }

  private Map<String, String> carried(Arriving request) {
    Map<String, String> carried = new LinkedHashMap<>();
    mesh.engine.open(request).context().forEach(carried::put);
    return carried;
  }

  private Headers sent(TestRequest request, String... context) {
    CallContext.of(List.of(context)).attach();
    return Headers.of(mesh.start(request).attempt().requestHeaders());
  }

  private static Arriving arriving() {
    return Arriving.at("/").with("x-request-id", "id-1");
  }

  // ---- a request that arrives

  @Test
  void takesTheTraceTheBaggageAndWhatTheOperatorNames() {
    assertThat(
            carried(
                arriving()
                    .with("traceparent", PARENT)
                    .with("tracestate", "a=1,b=2")
                    .with("baggage", "k=v")
                    .with("b3", B3)
                    .with("x-b3-traceid", "80f198ee56343ba864fe8b2a57d3eff7")
                    .with("x-b3-spanid", "e457b5a2e4d86bd1")
                    .with("x-b3-parentspanid", "05e3ac9a4f6e3b90")
                    .with("x-b3-sampled", "1")
                    .with("x-b3-flags", "0")
                    .with("x-version", "v2")
                    .with("end-user", "jason")
                    .with("x-other", "stays")))
        .containsOnlyKeys(
            "x-request-id",
            "traceparent",
            "tracestate",
            "b3",
            "x-b3-traceid",
            "x-b3-spanid",
            "x-b3-parentspanid",
            "x-b3-sampled",
            "x-b3-flags",
            "baggage",
            "x-version",
            "end-user")
        .containsEntry("traceparent", PARENT)
        .containsEntry("x-request-id", "id-1")
        .containsEntry("end-user", "jason");
  }

  @Test
  void givesARequestWithoutIdOneThatTheApplicationSeesToo() {
    InboundCall call = mesh.engine.open(Arriving.at("/"));
    Map<String, String> carried = new LinkedHashMap<>();
    call.context().forEach(carried::put);
    assertThat(carried.get("x-request-id"))
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(Arriving.lines(call.requestHeaders()))
        .containsExactly("x-request-id: " + carried.get("x-request-id"));
    assertThat(carried(Arriving.at("/"))).isNotEqualTo(carried);
  }

  @Test
  void leavesARequestWithIdAsItIs() {
    assertThat(mesh.engine.open(arriving()).requestHeaders().isEmpty()).isTrue();
  }

  @Test
  void leavesBehindATraceThatIsNone() {
    for (String bad :
        List.of(
            "",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            PARENT + "-more",
            PARENT + "," + PARENT,
            "cc" + PARENT.substring(2) + ".more")) {
      assertThat(carried(arriving().with("traceparent", bad).with("tracestate", "a=1")))
          .as(bad)
          .containsOnlyKeys("x-request-id");
    }
    assertThat(carried(arriving().with("traceparent", "cc" + PARENT.substring(2) + "-more")))
        .containsKey("traceparent");
    assertThat(carried(arriving().with("tracestate", "a=1"))).containsOnlyKeys("x-request-id");
    for (String bad : List.of("2", "x-y", "80f198ee56343ba864fe8b2a57d3eff7", B3 + "-1-1")) {
      assertThat(carried(arriving().with("b3", bad))).as(bad).containsOnlyKeys("x-request-id");
    }
    for (String good : List.of("0", "1", "d", B3, B3 + "-05e3ac9a4f6e3b90")) {
      assertThat(carried(arriving().with("b3", good))).as(good).containsEntry("b3", good);
    }
    assertThat(carried(arriving().with("x-b3-traceid", "xyz").with("x-b3-sampled", "maybe")))
        .containsOnlyKeys("x-request-id");
  }

  @Test
  void boundsEveryValueAndAllTogether() {
    String longest = "v".repeat(Propagation.MAX_VALUE);
    assertThat(carried(arriving().with("x-version", longest + "v").with("end-user", "a")))
        .containsOnlyKeys("x-request-id", "end-user");
    assertThat(
            carried(
                arriving()
                    .with("baggage", longest)
                    .with("x-version", longest)
                    .with("end-user", "a")))
        .containsOnlyKeys("x-request-id", "baggage", "end-user");
  }

  @Test
  void leavesBehindWhatNoHeaderMayHold() {
    for (String bad : List.of("a\r\nx: y", "a\u0000", "a\u007f", "\u20ac")) {
      assertThat(carried(arriving().with("end-user", bad)))
          .as(bad)
          .containsOnlyKeys("x-request-id");
    }
    assertThat(carried(arriving().with("end-user", "j\u00fcrgen\t1"))).containsKey("end-user");
  }

  @Test
  void refusesNamesThatAreAboutOneHopOrOneBody() {
    for (String bad :
        List.of(
            "Host",
            "connection",
            "content-length",
            "proxy-authorization",
            "a b",
            "",
            ":path",
            "x-weft-peer",
            "x-envoy-attempt-count",
            "grpc-timeout")) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> new Propagation(List.of(bad)));
    }
    List<String> many = new ArrayList<>();
    for (int i = 0; i <= Propagation.MAX_NAMED; i++) {
      many.add("x-" + i);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new Propagation(many));
    assertThat(new Propagation(many.subList(0, Propagation.MAX_NAMED))).isNotNull();
  }

  // ---- a request that leaves

  @Test
  void addsWhatTheApplicationsRequestLacks() {
    mesh.service(1);
    assertThat(sent(get("/"), "x-request-id", "id-1", "traceparent", PARENT).set)
        .containsEntry("x-request-id", "id-1")
        .containsEntry("traceparent", PARENT)
        .containsEntry("x-envoy-attempt-count", "1");
  }

  @Test
  void leavesWhatTheApplicationWroteItself() {
    mesh.service(1);
    TestRequest request = get("/").with("x-request-id", "own").with("end-user", "");
    assertThat(sent(request, "x-request-id", "id-1", "end-user", "jason", "baggage", "k=v").set)
        .doesNotContainKeys("x-request-id", "end-user")
        .containsEntry("baggage", "k=v");
  }

  @Test
  void mixesNoTraceWithOneOfTheApplication() {
    mesh.service(1);
    for (String own : List.of("traceparent", "tracestate", "b3", "x-b3-traceid", "x-b3-sampled")) {
      Headers headers =
          sent(
              get("/").with(own, "own"),
              "traceparent",
              PARENT,
              "b3",
              B3,
              "x-b3-traceid",
              "80f198ee56343ba864fe8b2a57d3eff7",
              "x-version",
              "v2");
      assertThat(headers.set)
          .as(own)
          .doesNotContainKeys("traceparent", "b3", "x-b3-traceid")
          .containsEntry("x-version", "v2");
    }
  }

  @Test
  void addsNothingOutsideOfAContext() {
    mesh.service(1);
    assertThat(sent(get("/")).set).containsOnlyKeys("x-envoy-attempt-count", "x-weft-peer");
  }

  @Test
  void readsTheContextOfTheThreadThatOpensTheCall() {
    mesh.service(1);
    CallContext.of(List.of("end-user", "jason")).attach();
    OutboundCall call = mesh.open(get("/"));
    CallContext.NONE.attach();
    assertThat(Headers.of(call.start().attempt().requestHeaders()).set)
        .containsEntry("end-user", "jason");
  }

  @Test
  void matchesRoutesOnWhatTravels() {
    mesh.service(
        1,
        route ->
            route
                .name("for-jason")
                .matches(
                    List.of(
                        RouteMatch.builder()
                            .headers(Map.of("end-user", StringMatch.exact("jason")))
                            .build())));
    CallContext.of(List.of("end-user", "jason")).attach();
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(mesh.start(get("/").with("end-user", "other")).kind())
        .isEqualTo(Directive.Kind.REPLY);
    CallContext.NONE.attach();
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.REPLY);
  }

  @Test
  void letsTheRouteChangeWhatTravels() {
    mesh.service(
        1,
        route ->
            route.requestHeaders(
                HeaderOperations.builder()
                    .set(Map.of("x-version", "v3", "x-seen", "%REQ(end-user)%"))
                    .remove(List.of("end-user"))
                    .build()));
    Headers headers = sent(get("/"), "x-version", "v2", "end-user", "jason");
    assertThat(headers.set)
        .containsEntry("x-version", "v3")
        .containsEntry("x-seen", "jason")
        .doesNotContainKey("end-user");
    assertThat(headers.removed).containsExactly("end-user");
  }

  @Test
  void leavesAloneWhatTheMeshDoesNotGovern() {
    CallContext.of(List.of("x-version", "v2")).attach();
    assertThat(mesh.start(get("/").failingOn("x-version")).kind())
        .isEqualTo(Directive.Kind.PASS_THROUGH);
  }
}
