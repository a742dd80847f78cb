package dev.weft.wire;

import dev.weft.model.AttributeMatch;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.OperationMatch;
import dev.weft.model.SourceMatch;
import dev.weft.wire.proto.Weft;
import java.util.ArrayList;
import java.util.List;

/** Authorization policies, and who is asked by them, to and from the wire. */
final class AuthorizationCodec {

  private AuthorizationCodec() {}

  static Weft.AuthorizationPolicy encode(AuthorizationPolicy from) {
    Weft.AuthorizationPolicy.Builder to =
        Weft.AuthorizationPolicy.newBuilder()
            .setSource(from.source())
            .setAction(encode(from.action()))
            .setDryRun(from.dryRun())
            .setProvider(from.provider());
    for (AuthorizationRule rule : from.rules()) {
      to.addRules(encode(rule));
    }
    return to.build();
  }

  static AuthorizationPolicy decode(Weft.AuthorizationPolicy from) throws WireException {
    List<AuthorizationRule> rules = new ArrayList<>(from.getRulesCount());
    for (Weft.AuthorizationRule rule : from.getRulesList()) {
      rules.add(decode(rule));
    }
    return AuthorizationPolicy.builder()
        .source(from.getSource())
        .action(decodeAction(from))
        .dryRun(from.getDryRun())
        .provider(from.getProvider())
        .rules(rules)
        .build();
  }

  private static Weft.AuthorizationRule encode(AuthorizationRule from) {
    Weft.AuthorizationRule.Builder to = Weft.AuthorizationRule.newBuilder();
    for (SourceMatch source : from.from()) {
      to.addFrom(encode(source));
    }
    for (OperationMatch operation : from.to()) {
      to.addTo(encode(operation));
    }
    for (AttributeMatch attribute : from.when()) {
      to.addWhen(
          Weft.AttributeMatch.newBuilder()
              .setKey(attribute.key())
              .addAllValues(attribute.values())
              .addAllNotValues(attribute.notValues()));
    }
    return to.build();
  }

  private static AuthorizationRule decode(Weft.AuthorizationRule from) {
    List<SourceMatch> sources = new ArrayList<>(from.getFromCount());
    for (Weft.SourceMatch source : from.getFromList()) {
      sources.add(decode(source));
    }
    List<OperationMatch> operations = new ArrayList<>(from.getToCount());
    for (Weft.OperationMatch operation : from.getToList()) {
      operations.add(decode(operation));
    }
    List<AttributeMatch> attributes = new ArrayList<>(from.getWhenCount());
    for (Weft.AttributeMatch attribute : from.getWhenList()) {
      attributes.add(
          AttributeMatch.builder()
              .key(attribute.getKey())
              .values(attribute.getValuesList())
              .notValues(attribute.getNotValuesList())
              .build());
    }
    return AuthorizationRule.builder().from(sources).to(operations).when(attributes).build();
  }

  private static Weft.SourceMatch encode(SourceMatch from) {
    return Weft.SourceMatch.newBuilder()
        .addAllPrincipals(from.principals())
        .addAllNotPrincipals(from.notPrincipals())
        .addAllRequestPrincipals(from.requestPrincipals())
        .addAllNotRequestPrincipals(from.notRequestPrincipals())
        .addAllNamespaces(from.namespaces())
        .addAllNotNamespaces(from.notNamespaces())
        .addAllServiceAccounts(from.serviceAccounts())
        .addAllNotServiceAccounts(from.notServiceAccounts())
        .addAllTrustDomains(from.trustDomains())
        .addAllNotTrustDomains(from.notTrustDomains())
        .addAllIpBlocks(from.ipBlocks())
        .addAllNotIpBlocks(from.notIpBlocks())
        .addAllRemoteIpBlocks(from.remoteIpBlocks())
        .addAllNotRemoteIpBlocks(from.notRemoteIpBlocks())
        .build();
  }

  private static SourceMatch decode(Weft.SourceMatch from) {
    return SourceMatch.builder()
        .principals(from.getPrincipalsList())
        .notPrincipals(from.getNotPrincipalsList())
        .requestPrincipals(from.getRequestPrincipalsList())
        .notRequestPrincipals(from.getNotRequestPrincipalsList())
        .namespaces(from.getNamespacesList())
        .notNamespaces(from.getNotNamespacesList())
        .serviceAccounts(from.getServiceAccountsList())
        .notServiceAccounts(from.getNotServiceAccountsList())
        .trustDomains(from.getTrustDomainsList())
        .notTrustDomains(from.getNotTrustDomainsList())
        .ipBlocks(from.getIpBlocksList())
        .notIpBlocks(from.getNotIpBlocksList())
        .remoteIpBlocks(from.getRemoteIpBlocksList())
        .notRemoteIpBlocks(from.getNotRemoteIpBlocksList())
        .build();
  }

  private static Weft.OperationMatch encode(OperationMatch from) {
    return Weft.OperationMatch.newBuilder()
        .addAllHosts(from.hosts())
        .addAllNotHosts(from.notHosts())
        .addAllPorts(from.ports())
        .addAllNotPorts(from.notPorts())
        .addAllMethods(from.methods())
        .addAllNotMethods(from.notMethods())
        .addAllPaths(from.paths())
        .addAllNotPaths(from.notPaths())
        .build();
  }

  private static OperationMatch decode(Weft.OperationMatch from) {
    return OperationMatch.builder()
        .hosts(from.getHostsList())
        .notHosts(from.getNotHostsList())
        .ports(from.getPortsList())
        .notPorts(from.getNotPortsList())
        .methods(from.getMethodsList())
        .notMethods(from.getNotMethodsList())
        .paths(from.getPathsList())
        .notPaths(from.getNotPathsList())
        .build();
  }

  static Weft.ExternalAuthorizer encode(ExternalAuthorizer from) {
    return Weft.ExternalAuthorizer.newBuilder()
        .setName(from.name())
        .setUrl(from.url())
        .setPathPrefix(from.pathPrefix())
        .setTimeoutNanos(from.timeoutNanos())
        .setFailOpen(from.failOpen())
        .setStatusOnError(from.statusOnError())
        .addAllIncludeRequestHeadersInCheck(from.includeRequestHeadersInCheck())
        .addAllIncludeAdditionalHeadersInCheck(
            MatchCodec.encodePairs(from.includeAdditionalHeadersInCheck()))
        .addAllHeadersToUpstreamOnAllow(from.headersToUpstreamOnAllow())
        .addAllHeadersToDownstreamOnDeny(from.headersToDownstreamOnDeny())
        .build();
  }

  static ExternalAuthorizer decode(Weft.ExternalAuthorizer from) {
    return ExternalAuthorizer.builder()
        .name(from.getName())
        .url(from.getUrl())
        .pathPrefix(from.getPathPrefix())
        .timeoutNanos(from.getTimeoutNanos())
        .failOpen(from.getFailOpen())
        .statusOnError(from.getStatusOnError())
        .includeRequestHeadersInCheck(from.getIncludeRequestHeadersInCheckList())
        .includeAdditionalHeadersInCheck(
            MatchCodec.decodePairs(from.getIncludeAdditionalHeadersInCheckList()))
        .headersToUpstreamOnAllow(from.getHeadersToUpstreamOnAllowList())
        .headersToDownstreamOnDeny(from.getHeadersToDownstreamOnDenyList())
        .build();
  }

  private static Weft.AuthorizationPolicy.Action encode(AuthorizationPolicy.Action from) {
    switch (from) {
      case ALLOW:
        return Weft.AuthorizationPolicy.Action.ALLOW;
      case DENY:
        return Weft.AuthorizationPolicy.Action.DENY;
      case AUDIT:
        return Weft.AuthorizationPolicy.Action.AUDIT;
      case CUSTOM:
        return Weft.AuthorizationPolicy.Action.CUSTOM;
    }
    throw new AssertionError(from);
  }

  private static AuthorizationPolicy.Action decodeAction(Weft.AuthorizationPolicy from)
      throws WireException {
    switch (from.getAction()) {
      case ALLOW:
        return AuthorizationPolicy.Action.ALLOW;
      case DENY:
        return AuthorizationPolicy.Action.DENY;
      case AUDIT:
        return AuthorizationPolicy.Action.AUDIT;
      case CUSTOM:
        return AuthorizationPolicy.Action.CUSTOM;
      case ACTION_UNSPECIFIED:
      case UNRECOGNIZED:
        break;
    }
    throw WireException.unknown("action", from.getActionValue(), "ALLOW, DENY, AUDIT or CUSTOM");
  }
}
