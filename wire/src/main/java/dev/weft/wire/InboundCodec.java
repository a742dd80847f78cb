package dev.weft.wire;

import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy;
import dev.weft.model.JwtHeader;
import dev.weft.model.JwtRule;
import dev.weft.model.TrustBundle;
import dev.weft.wire.proto.Weft;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a workload does with requests that arrive, and whom it trusts, to and from the wire. */
final class InboundCodec {

  private InboundCodec() {}

  static Weft.InboundPolicy encode(InboundPolicy from) {
    Weft.InboundPolicy.Builder to =
        Weft.InboundPolicy.newBuilder()
            .setMutualTls(encode(from.mutualTls()))
            .setPathNormalization(encode(from.pathNormalization()))
            .setTrustedProxies(from.trustedProxies())
            .setTrustDomain(from.trustDomain())
            .addAllTrustDomainAliases(new TreeSet<>(from.trustDomainAliases()));
    for (Map.Entry<Integer, InboundPolicy.MutualTls> port :
        new TreeMap<>(from.portMutualTls()).entrySet()) {
      to.addPortMutualTls(
          Weft.PortMutualTls.newBuilder().setPort(port.getKey()).setMode(encode(port.getValue())));
    }
    for (JwtRule rule : from.jwtRules()) {
      to.addJwtRules(encode(rule));
    }
    for (AuthorizationPolicy policy : from.authorizationPolicies()) {
      to.addAuthorizationPolicies(AuthorizationCodec.encode(policy));
    }
    for (ExternalAuthorizer authorizer : from.externalAuthorizers()) {
      to.addExternalAuthorizers(AuthorizationCodec.encode(authorizer));
    }
    return to.build();
  }

  /**
   * @throws WireException also when the message says something that this build does not know: a
   *     condition left out would let requests in that the policy keeps out
   */
  static InboundPolicy decode(Weft.InboundPolicy from) throws WireException {
    Map<Integer, InboundPolicy.MutualTls> ports = new LinkedHashMap<>();
    for (Weft.PortMutualTls port : from.getPortMutualTlsList()) {
      ports.put(
          port.getPort(),
          decode("port_mutual_tls[" + port.getPort() + "]", port.getMode(), port.getModeValue()));
    }
    List<JwtRule> rules = new ArrayList<>(from.getJwtRulesCount());
    for (Weft.JwtRule rule : from.getJwtRulesList()) {
      rules.add(decode(rule));
    }
    List<AuthorizationPolicy> policies = new ArrayList<>(from.getAuthorizationPoliciesCount());
    for (Weft.AuthorizationPolicy policy : from.getAuthorizationPoliciesList()) {
      try {
        policies.add(AuthorizationCodec.decode(policy));
      } catch (WireException e) {
        throw e.in("authorization_policies[" + policy.getSource() + "]");
      }
    }
    List<ExternalAuthorizer> authorizers = new ArrayList<>(from.getExternalAuthorizersCount());
    for (Weft.ExternalAuthorizer authorizer : from.getExternalAuthorizersList()) {
      authorizers.add(AuthorizationCodec.decode(authorizer));
    }
    InboundPolicy to =
        InboundPolicy.builder()
            .mutualTls(decode("mutual_tls", from.getMutualTls(), from.getMutualTlsValue()))
            .portMutualTls(ports)
            .jwtRules(rules)
            .authorizationPolicies(policies)
            .externalAuthorizers(authorizers)
            .pathNormalization(decodePathNormalization(from))
            .trustedProxies(from.getTrustedProxies())
            .trustDomain(from.getTrustDomain())
            .trustDomainAliases(new LinkedHashSet<>(from.getTrustDomainAliasesList()))
            .build();
    if (!encode(to).equals(from)) {
      throw new WireException(
          "inbound",
          "says something that this build does not know (expected: an agent as new as the"
              + " control server); it is not followed in part");
    }
    return to;
  }

  static Weft.TrustBundle encode(TrustBundle from) {
    return Weft.TrustBundle.newBuilder()
        .setTrustDomain(from.trustDomain())
        .addAllTrustDomainAliases(new TreeSet<>(from.trustDomainAliases()))
        .addAllRoots(from.roots())
        .build();
  }

  static TrustBundle decode(Weft.TrustBundle from) {
    return TrustBundle.builder()
        .trustDomain(from.getTrustDomain())
        .trustDomainAliases(new LinkedHashSet<>(from.getTrustDomainAliasesList()))
        .roots(from.getRootsList())
        .build();
  }

  private static Weft.JwtRule encode(JwtRule from) {
    Weft.JwtRule.Builder to =
        Weft.JwtRule.newBuilder()
            .setSource(from.source())
            .setIssuer(from.issuer())
            .addAllAudiences(from.audiences())
            .setJwks(from.jwks())
            .setJwksUri(from.jwksUri())
            .addAllFromParams(from.fromParams())
            .addAllFromCookies(from.fromCookies())
            .setForwardOriginalToken(from.forwardOriginalToken())
            .setOutputPayloadToHeader(from.outputPayloadToHeader())
            .addAllOutputClaimToHeaders(MatchCodec.encodePairs(from.outputClaimToHeaders()))
            .addAllSpaceDelimitedClaims(from.spaceDelimitedClaims());
    for (JwtHeader header : from.fromHeaders()) {
      to.addFromHeaders(
          Weft.JwtHeader.newBuilder().setName(header.name()).setPrefix(header.prefix()));
    }
    return to.build();
  }

  private static JwtRule decode(Weft.JwtRule from) {
    List<JwtHeader> headers = new ArrayList<>(from.getFromHeadersCount());
    for (Weft.JwtHeader header : from.getFromHeadersList()) {
      headers.add(JwtHeader.builder().name(header.getName()).prefix(header.getPrefix()).build());
    }
    return JwtRule.builder()
        .source(from.getSource())
        .issuer(from.getIssuer())
        .audiences(from.getAudiencesList())
        .jwks(from.getJwks())
        .jwksUri(from.getJwksUri())
        .fromHeaders(headers)
        .fromParams(from.getFromParamsList())
        .fromCookies(from.getFromCookiesList())
        .forwardOriginalToken(from.getForwardOriginalToken())
        .outputPayloadToHeader(from.getOutputPayloadToHeader())
        .outputClaimToHeaders(MatchCodec.decodePairs(from.getOutputClaimToHeadersList()))
        .spaceDelimitedClaims(from.getSpaceDelimitedClaimsList())
        .build();
  }

  private static Weft.InboundPolicy.MutualTls encode(InboundPolicy.MutualTls from) {
    switch (from) {
      case DISABLE:
        return Weft.InboundPolicy.MutualTls.DISABLE;
      case PERMISSIVE:
        return Weft.InboundPolicy.MutualTls.PERMISSIVE;
      case STRICT:
        return Weft.InboundPolicy.MutualTls.STRICT;
    }
    throw new AssertionError(from);
  }

  private static InboundPolicy.MutualTls decode(
      String path, Weft.InboundPolicy.MutualTls from, int value) throws WireException {
    switch (from) {
      case DISABLE:
        return InboundPolicy.MutualTls.DISABLE;
      case PERMISSIVE:
        return InboundPolicy.MutualTls.PERMISSIVE;
      case STRICT:
        return InboundPolicy.MutualTls.STRICT;
      case MUTUAL_TLS_UNSPECIFIED:
      case UNRECOGNIZED:
        break;
    }
    throw WireException.unknown(path, value, "DISABLE, PERMISSIVE or STRICT");
  }

  private static Weft.InboundPolicy.PathNormalization encode(InboundPolicy.PathNormalization from) {
    switch (from) {
      case NONE:
        return Weft.InboundPolicy.PathNormalization.NONE;
      case BASE:
        return Weft.InboundPolicy.PathNormalization.BASE;
      case MERGE_SLASHES:
        return Weft.InboundPolicy.PathNormalization.MERGE_SLASHES;
      case DECODE_AND_MERGE_SLASHES:
        return Weft.InboundPolicy.PathNormalization.DECODE_AND_MERGE_SLASHES;
    }
    throw new AssertionError(from);
  }

  private static InboundPolicy.PathNormalization decodePathNormalization(Weft.InboundPolicy from)
      throws WireException {
    switch (from.getPathNormalization()) {
      case NONE:
        return InboundPolicy.PathNormalization.NONE;
      case BASE:
        return InboundPolicy.PathNormalization.BASE;
      case MERGE_SLASHES:
        return InboundPolicy.PathNormalization.MERGE_SLASHES;
      case DECODE_AND_MERGE_SLASHES:
        return InboundPolicy.PathNormalization.DECODE_AND_MERGE_SLASHES;
      case PATH_NORMALIZATION_UNSPECIFIED:
      case UNRECOGNIZED:
        break;
    }
    throw WireException.unknown(
        "path_normalization",
        from.getPathNormalizationValue(),
        "NONE, BASE, MERGE_SLASHES or DECODE_AND_MERGE_SLASHES");
  }
}
