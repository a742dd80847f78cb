package dev.weft.control.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy.PathNormalization;
import dev.weft.policy.PolicySet.OutboundMode;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class MeshConfigTest {

  @Test
  void readsIstiosFields() throws Refused {
    MeshConfig config =
        MeshConfig.parse(
            """
            trustDomain: example.org
            trustDomainAliases: [old.example.org]
            rootNamespace: mesh-root
            outboundTrafficPolicy: {mode: REGISTRY_ONLY}
            pathNormalization: {normalization: DECODE_AND_MERGE_SLASHES}
            defaultConfig: {gatewayTopology: {numTrustedProxies: 2}}
            extensionProviders:
            - name: opa
              envoyExtAuthzHttp:
                service: policy/opa.policy.svc.cluster.local
                port: 9191
                timeout: 1.5s
                pathPrefix: /check
                failOpen: true
                statusOnError: "503"
                includeRequestHeadersInCheck: [cookie, x-*]
                includeAdditionalHeadersInCheck: {x-from: weft}
                headersToUpstreamOnAllow: [x-user]
                headersToDownstreamOnDeny: [location]
            weft:
              jwksAllowedCidrs: [10.0.0.0/8, "::1"]
            """);

    assertThat(config)
        .isEqualTo(
            new MeshConfig(
                "example.org",
                Set.of("old.example.org"),
                "mesh-root",
                OutboundMode.REGISTRY_ONLY,
                PathNormalization.DECODE_AND_MERGE_SLASHES,
                2,
                List.of(
                    ExternalAuthorizer.builder()
                        .name("opa")
                        .url("http://opa.policy.svc.cluster.local:9191")
                        .pathPrefix("/check")
                        .timeoutNanos(1_500_000_000L)
                        .failOpen(true)
                        .statusOnError(503)
                        .includeRequestHeadersInCheck(List.of("cookie", "x-*"))
                        .includeAdditionalHeadersInCheck(Map.of("x-from", "weft"))
                        .headersToUpstreamOnAllow(List.of("x-user"))
                        .headersToDownstreamOnDeny(List.of("location"))
                        .build()),
                List.of("10.0.0.0/8", "::1")));
  }

  @Test
  void emptyFileKeepsTheDefaults() throws Refused {
    assertThat(MeshConfig.parse("# nothing yet")).isEqualTo(MeshConfig.DEFAULTS);
  }

  @Test
  void saysEverythingThatIsWrongAtOnce() {
    Refused refused =
        catchThrowableOfType(
            Refused.class,
            () ->
                MeshConfig.parse(
                    """
                    trustDomain: Not A Domain
                    trustDomains: [x]
                    outboundTrafficPolicy: {mode: ALLOW_SOME}
                    pathNormalization: BASE
                    defaultConfig: {gatewayTopology: {numTrustedProxies: -1}}
                    extensionProviders:
                    - name: a
                      envoyExtAuthzGrpc: {service: x, port: 1}
                    - name: a
                      envoyExtAuthzHttp: {service: opa, port: 0, timeout: soon}
                    weft: {jwksAllowedCidrs: [everywhere]}
                    """));

    assertThat(refused.causes())
        .extracting(cause -> cause.field() + ": " + cause.message())
        .contains(
            "trustDomain: Not A Domain (expected: a DNS name)",
            "outboundTrafficPolicy.mode: ALLOW_SOME (expected: one of ALLOW_ANY, REGISTRY_ONLY)",
            "pathNormalization: BASE (expected: a mapping)",
            "defaultConfig.gatewayTopology.numTrustedProxies: -1"
                + " (expected: an integer from 0 to 100)",
            "extensionProviders[0].envoyExtAuthzHttp: missing"
                + " (expected: a mapping; other providers are not supported)",
            "extensionProviders[1].name: a (expected: each name once)",
            "extensionProviders[1].envoyExtAuthzHttp.port: 0"
                + " (expected: an integer from 1 to 65535)",
            "extensionProviders[1].envoyExtAuthzHttp.timeout: soon"
                + " (expected: a duration above zero as in 2s or 500ms)",
            "weft.jwksAllowedCidrs: everywhere"
                + " (expected: an address, or a block as in 10.0.0.0/8)");
    assertThat(refused.causes())
        .filteredOn(Refused.Cause::unknownField)
        .extracting(Refused.Cause::field)
        .containsExactlyInAnyOrder("trustDomains", "extensionProviders[0].envoyExtAuthzGrpc");
    assertThat(refused).hasMessageContaining("trustDomain: Not A Domain");
  }

  @Test
  void textThatIsNoYamlIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> MeshConfig.parse("trustDomain: [a"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("line 1");
  }

  @Test
  void blockContainsItsAddressesAndNoOthers() throws Exception {
    Cidr block = Cidr.parse("10.1.128.0/17");
    assertThat(block.contains(InetAddress.getAllByName("10.1.255.1")[0])).isTrue();
    assertThat(block.contains(InetAddress.getAllByName("10.1.127.1")[0])).isFalse();
    assertThat(block.contains(InetAddress.getAllByName("::1")[0])).isFalse();
    assertThat(Cidr.parse("fd00::/8").contains(InetAddress.getAllByName("fd12::1")[0])).isTrue();
    assertThat(Cidr.parse("0.0.0.0/0").contains(InetAddress.getAllByName("8.8.8.8")[0])).isTrue();
    for (String wrong : List.of("localhost", "10.0.0.0/33", "10.0.0.0/x", "", "1.2.3.4.5")) {
      assertThatThrownBy(() -> Cidr.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
