package dev.weft.controlclient;

import com.google.protobuf.ByteString;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import dev.weft.model.RouteTable;
import dev.weft.model.TrustBundle;
import dev.weft.model.Upstream;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.Weft;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What servers say in these tests. */
final class Messages {

  static final Registration CHECKOUT =
      Registration.builder()
          .instanceId("checkout-7")
          .service("checkout")
          .namespace("shop")
          .serviceAccount("default")
          .address("10.0.0.9")
          .ports(List.of(Port.builder().number(8080).build()))
          .build();

  private Messages() {}

  static Weft.ServerMessage message(String nonce, Weft.Resource... resources) {
    return Weft.ServerMessage.newBuilder()
        .setNonce(nonce)
        .addAllResources(Arrays.asList(resources))
        .build();
  }

  /** A table that is routed; its service tells versions apart. */
  static Weft.Resource table(String name, String service) {
    return WireCodec.encode(
        RouteTable.builder().name(name).service(service).build(),
        Set.of("virtualservice/shop/reviews@4"));
  }

  static Weft.Resource passThrough(String name) {
    return WireCodec.encode(
        RouteTable.builder().name(name).disposition(RouteTable.Disposition.PASS_THROUGH).build(),
        Set.of());
  }

  static Weft.Resource upstream(String name) {
    return WireCodec.encode(Upstream.builder().name(name).build());
  }

  static Weft.Resource endpoints(String name, String... addresses) {
    List<EndpointInfo> endpoints = new ArrayList<>();
    for (String address : addresses) {
      endpoints.add(EndpointInfo.builder().address(address).port(80).build());
    }
    return WireCodec.encode(Endpoints.builder().name(name).endpoints(endpoints).build());
  }

  static final InboundPolicy STRICT_AND_DENY =
      InboundPolicy.builder()
          .mutualTls(InboundPolicy.MutualTls.STRICT)
          .authorizationPolicies(
              List.of(
                  AuthorizationPolicy.builder()
                      .source("shop/deny")
                      .action(AuthorizationPolicy.Action.DENY)
                      .rules(List.of(AuthorizationRule.builder().build()))
                      .build()))
          .build();

  static final TrustBundle TRUST =
      TrustBundle.builder().trustDomain("cluster.local").roots(List.of("a root")).build();

  static Weft.Resource inbound(InboundPolicy policy) {
    return WireCodec.encode(policy, Set.of("PeerAuthentication/shop/default@5"));
  }

  /** Says something that no build knows. */
  static Weft.Resource inboundOfANewerServer() {
    return inbound(STRICT_AND_DENY).toBuilder()
        .setVersion("newer")
        .setBody(
            inbound(STRICT_AND_DENY)
                .getBody()
                // Field 99, a string.
                .concat(ByteString.copyFrom(new byte[] {(byte) 0x9a, 0x06, 0x01, 'x'})))
        .build();
  }

  static List<String> addresses(Endpoints endpoints) {
    return endpoints.endpoints().stream().map(EndpointInfo::address).toList();
  }
}
