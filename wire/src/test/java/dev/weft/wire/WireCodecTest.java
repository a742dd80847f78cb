package dev.weft.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.ConnectionPool;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.RouteTable;
import dev.weft.model.StringMatch;
import dev.weft.model.TrustBundle;
import dev.weft.model.Upstream;
import dev.weft.wire.proto.Weft;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireCodecTest {

  private static final int TRIES = 500;

  @Test
  void everyFieldOfEveryResourceComesBack() {
    RandomModel random = new RandomModel(20);
    for (int i = 0; i < TRIES; i++) {
      RouteTable table = random.make(RouteTable.class);
      Upstream upstream = random.make(Upstream.class);
      Endpoints endpoints = random.make(Endpoints.class);
      InboundPolicy inbound = random.make(InboundPolicy.class);
      TrustBundle trust = random.make(TrustBundle.class);

      Decoded decoded =
          WireCodec.decode(
              List.of(
                  WireCodec.encode(table, Set.of("virtualservice/default/reviews@7")),
                  WireCodec.encode(upstream),
                  WireCodec.encode(endpoints),
                  WireCodec.encode(inbound, Set.of("AuthorizationPolicy/default/deny@8")),
                  WireCodec.encode(trust)));

      assertThat(decoded.rejections()).isEmpty();
      assertThat(decoded.routeTables()).containsExactly(table);
      assertThat(decoded.upstreams()).containsExactly(upstream);
      assertThat(decoded.endpoints()).containsExactly(endpoints);
      assertThat(decoded.inboundPolicy()).isEqualTo(inbound);
      assertThat(decoded.trustBundle()).isEqualTo(trust);
    }
  }

  @Test
  void everyFieldOfRegistrationAndRejectionComesBack() throws WireException {
    RandomModel random = new RandomModel(21);
    for (int i = 0; i < TRIES; i++) {
      Registration registration = random.make(Registration.class);
      assertThat(WireCodec.decode(WireCodec.encode(registration))).isEqualTo(registration);
      Rejection rejection = random.make(Rejection.class);
      assertThat(WireCodec.decode(WireCodec.encode(rejection))).isEqualTo(rejection);
    }
  }

  @Test
  void defaultsOfTheModelComeBack() {
    Decoded decoded =
        WireCodec.decode(
            List.of(
                WireCodec.encode(RouteTable.builder().build(), Set.of()),
                WireCodec.encode(Upstream.builder().build()),
                WireCodec.encode(Endpoints.builder().build()),
                WireCodec.encode(InboundPolicy.builder().build(), Set.of()),
                WireCodec.encode(TrustBundle.builder().build())));

    assertThat(decoded.rejections()).isEmpty();
    assertThat(decoded.routeTables()).containsExactly(RouteTable.builder().build());
    assertThat(decoded.upstreams()).containsExactly(Upstream.builder().build());
    assertThat(decoded.upstreams().get(0).connectionPool()).isEqualTo(ConnectionPool.UNLIMITED);
    assertThat(decoded.endpoints()).containsExactly(Endpoints.builder().build());
    assertThat(decoded.inboundPolicy()).isEqualTo(InboundPolicy.builder().build());
    assertThat(decoded.trustBundle()).isEqualTo(TrustBundle.builder().build());
  }

  @Test
  void equalValuesHaveEqualVersionsWhateverTheirOrder() {
    Map<String, StringMatch> there = new LinkedHashMap<>();
    there.put("a", StringMatch.exact("1"));
    there.put("b", StringMatch.prefix("2"));
    Map<String, StringMatch> back = new LinkedHashMap<>();
    back.put("b", StringMatch.prefix("2"));
    back.put("a", StringMatch.exact("1"));

    String one =
        WireCodec.encode(
                table(there, new LinkedHashSet<>(List.of("5xx", "reset"))),
                new LinkedHashSet<>(List.of("virtualservice/a/b@1", "destinationrule/a/b@2")))
            .getVersion();
    String other =
        WireCodec.encode(
                table(back, new LinkedHashSet<>(List.of("reset", "5xx"))),
                new LinkedHashSet<>(List.of("destinationrule/a/b@2", "virtualservice/a/b@1")))
            .getVersion();

    assertThat(one).isEqualTo(other).matches("[0-9a-f]{32}");
  }

  @Test
  void versionIsTheSameInEveryBuild() {
    // A literal: replicas of different builds must agree, or each reconnect would resend
    // everything.
    assertThat(WireCodec.encode(Endpoints.builder().name("x").build()).getVersion())
        .isEqualTo("721b4c0903bbc16ebd04c5c4b3c08d31");
  }

  @Test
  void versionFollowsContentAndSources() {
    RouteTable table = RouteTable.builder().name("reviews:80").build();
    String version = WireCodec.encode(table, Set.of("virtualservice/a/b@1")).getVersion();

    assertThat(WireCodec.encode(table, Set.of("virtualservice/a/b@2")).getVersion())
        .isNotEqualTo(version);
    assertThat(
            WireCodec.encode(
                    table.toBuilder().service("reviews").build(), Set.of("virtualservice/a/b@1"))
                .getVersion())
        .isNotEqualTo(version);
    assertThat(WireCodec.encode(Upstream.builder().name("reviews:80").build()).getVersion())
        .isNotEqualTo(
            WireCodec.encode(Endpoints.builder().name("reviews:80").build()).getVersion());
  }

  @Test
  void brokenResourceSpoilsNoOther() {
    Endpoints good = endpoints("good");
    Weft.Resource broken =
        WireCodec.encode(endpoints("broken")).toBuilder()
            .setBody(ByteString.copyFrom(new byte[] {(byte) 0xff, 1, 2}))
            .build();

    Decoded decoded = WireCodec.decode(List.of(broken, WireCodec.encode(good)));

    assertThat(decoded.endpoints()).containsExactly(good);
    assertThat(decoded.rejections()).hasSize(1);
    Rejection rejection = decoded.rejections().get(0);
    assertThat(rejection.kind()).isEqualTo("Endpoints");
    assertThat(rejection.name()).isEqualTo("broken");
    assertThat(rejection.reason()).startsWith("broken: ");
  }

  @Test
  void enumValueOfANewerServerIsARejectionThatNamesItsPath() {
    Weft.RouteTable table =
        Weft.RouteTable.newBuilder()
            .setName("reviews:80")
            .setDisposition(Weft.RouteTable.Disposition.ROUTED)
            .addRoutes(
                Weft.Route.newBuilder()
                    .addDestinations(Weft.WeightedUpstream.newBuilder().setUpstream("u"))
                    .addMatches(
                        Weft.RouteMatch.newBuilder()
                            .addHeaders(
                                Weft.NamedMatch.newBuilder()
                                    .setName("x-user")
                                    .setMatch(Weft.StringMatch.newBuilder().setKindValue(77)))))
            .build();

    Decoded decoded =
        WireCodec.decode(List.of(resource(Weft.ResourceKind.ROUTE_TABLE, "reviews:80", table)));

    assertThat(decoded.routeTables()).isEmpty();
    assertThat(decoded.rejections())
        .extracting(Rejection::reason)
        .containsExactly(
            "routes[0].matches[0].headers[x-user].kind: 77"
                + " (expected: EXACT, PREFIX, REGEX or PRESENT)");
  }

  @Test
  void kindOfANewerServerIsARejection() {
    Weft.Resource newer =
        Weft.Resource.newBuilder().setKindValue(9).setName("inbound").setVersion("1").build();

    assertThat(WireCodec.decode(List.of(newer)).rejections())
        .extracting(Rejection::kind, Rejection::name, Rejection::reason)
        .containsExactly(
            tuple(
                "unknown",
                "inbound",
                "kind: 9 (expected: ROUTE_TABLE, UPSTREAM, ENDPOINTS, INBOUND_POLICY or"
                    + " TRUST_BUNDLE)"));
  }

  @Test
  void routeWithoutActionAndBodyOfAnotherNameAreRejections() {
    Weft.RouteTable empty =
        Weft.RouteTable.newBuilder()
            .setName("a:80")
            .setDisposition(Weft.RouteTable.Disposition.ROUTED)
            .addRoutes(Weft.Route.newBuilder())
            .build();
    Weft.Endpoints other = Weft.Endpoints.newBuilder().setName("other").build();

    assertThat(
            WireCodec.decode(
                    List.of(
                        resource(Weft.ResourceKind.ROUTE_TABLE, "a:80", empty),
                        resource(Weft.ResourceKind.ENDPOINTS, "mine", other)))
                .rejections())
        .extracting(Rejection::reason)
        .containsExactly(
            "routes[0].action: 0 of them"
                + " (expected: exactly one of destinations, redirect, direct_response)",
            "name: other (expected: mine, as on the envelope)");
  }

  @Test
  void inboundPolicyWithAnUnknownModeOrActionIsARejectionThatNamesItsPath() {
    Weft.InboundPolicy good =
        InboundCodec.encode(
            InboundPolicy.builder()
                .portMutualTls(Map.of(8080, InboundPolicy.MutualTls.STRICT))
                .authorizationPolicies(
                    List.of(AuthorizationPolicy.builder().source("default/deny").build()))
                .build());

    assertThat(reason(good.toBuilder().setMutualTlsValue(9).build()))
        .isEqualTo("mutual_tls: 9 (expected: DISABLE, PERMISSIVE or STRICT)");
    assertThat(reason(good.toBuilder().clearMutualTls().build()))
        .isEqualTo("mutual_tls: 0 (expected: DISABLE, PERMISSIVE or STRICT)");
    assertThat(
            reason(
                good.toBuilder()
                    .setPortMutualTls(0, good.getPortMutualTls(0).toBuilder().setModeValue(7))
                    .build()))
        .isEqualTo("port_mutual_tls[8080]: 7 (expected: DISABLE, PERMISSIVE or STRICT)");
    assertThat(
            reason(
                good.toBuilder()
                    .setAuthorizationPolicies(
                        0, good.getAuthorizationPolicies(0).toBuilder().setActionValue(5))
                    .build()))
        .isEqualTo(
            "authorization_policies[default/deny].action: 5"
                + " (expected: ALLOW, DENY, AUDIT or CUSTOM)");
  }

  @Test
  void inboundPolicyOfANewerServerIsNotFollowedInPart() throws Exception {
    // Field 99 of the only source: a condition that this build does not know. Without it the rule
    // would match everything.
    ByteString newer =
        ByteString.copyFrom(new byte[] {(byte) 0x9a, 0x06, 0x01, 'x'}); // 99, length-delimited
    Weft.InboundPolicy policy =
        Weft.InboundPolicy.newBuilder()
            .setMutualTls(Weft.InboundPolicy.MutualTls.STRICT)
            .setPathNormalization(Weft.InboundPolicy.PathNormalization.BASE)
            .addAuthorizationPolicies(
                Weft.AuthorizationPolicy.newBuilder()
                    .setAction(Weft.AuthorizationPolicy.Action.ALLOW)
                    .addRules(
                        Weft.AuthorizationRule.newBuilder()
                            .addFrom(Weft.SourceMatch.parseFrom(newer))))
            .build();

    assertThat(reason(policy)).contains("does not know", "not followed in part");
  }

  @Test
  void inboundPolicyAndTrustBundleHaveTheirOneName() {
    Weft.InboundPolicy policy = InboundCodec.encode(InboundPolicy.builder().build());
    Weft.TrustBundle bundle = InboundCodec.encode(TrustBundle.builder().build());

    Decoded decoded =
        WireCodec.decode(
            List.of(
                resource(Weft.ResourceKind.INBOUND_POLICY, "other", policy),
                resource(Weft.ResourceKind.TRUST_BUNDLE, "other", bundle)));

    assertThat(decoded.inboundPolicy()).isNull();
    assertThat(decoded.trustBundle()).isNull();
    assertThat(decoded.rejections())
        .extracting(Rejection::kind)
        .containsExactly("InboundPolicy", "TrustBundle");
  }

  private static String reason(Weft.InboundPolicy policy) {
    Decoded decoded =
        WireCodec.decode(List.of(resource(Weft.ResourceKind.INBOUND_POLICY, "inbound", policy)));
    assertThat(decoded.inboundPolicy()).isNull();
    assertThat(decoded.rejections()).hasSize(1);
    return decoded.rejections().get(0).reason();
  }

  @Test
  void stateOfANewerAgentIsRefused() {
    Weft.Registration registration = Weft.Registration.newBuilder().setStateValue(12).build();

    assertThatThrownBy(() -> WireCodec.decode(registration))
        .isInstanceOf(WireException.class)
        .hasMessage("registration.state: 12 (expected: STARTING, READY or DRAINING)");
  }

  private static RouteTable table(Map<String, StringMatch> headers, Set<String> retryOn) {
    return RouteTable.builder()
        .name("reviews:80")
        .routes(
            List.of(
                Route.builder()
                    .matches(List.of(RouteMatch.builder().headers(headers).build()))
                    .retries(RetryPolicy.builder().retryOn(retryOn).build())
                    .build()))
        .build();
  }

  private static Endpoints endpoints(String name) {
    return Endpoints.builder()
        .name(name)
        .endpoints(List.of(EndpointInfo.builder().address("10.0.0.7").port(8080).build()))
        .build();
  }

  private static Weft.Resource resource(Weft.ResourceKind kind, String name, MessageLite body) {
    return Weft.Resource.newBuilder()
        .setKind(kind)
        .setName(name)
        .setBody(body.toByteString())
        .build();
  }
}
