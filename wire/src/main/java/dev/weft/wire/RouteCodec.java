package dev.weft.wire;

import dev.weft.model.DirectResponse;
import dev.weft.model.Fault;
import dev.weft.model.Redirect;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Rewrite;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.RouteTable;
import dev.weft.model.WeightedUpstream;
import dev.weft.wire.proto.Weft;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;

/** Route tables to and from the wire. */
final class RouteCodec {

  private RouteCodec() {}

  static Weft.RouteTable encode(RouteTable from) {
    Weft.RouteTable.Builder to =
        Weft.RouteTable.newBuilder()
            .setName(from.name())
            .setDisposition(encode(from.disposition()))
            .setService(from.service())
            .setServiceNamespace(from.serviceNamespace())
            .setSource(from.source());
    for (Route route : from.routes()) {
      to.addRoutes(encode(route));
    }
    return to.build();
  }

  static RouteTable decode(Weft.RouteTable from) throws WireException {
    List<Route> routes = new ArrayList<>(from.getRoutesCount());
    for (Weft.Route route : from.getRoutesList()) {
      try {
        routes.add(decode(route));
      } catch (WireException e) {
        throw e.in("routes[" + routes.size() + "]");
      }
    }
    return RouteTable.builder()
        .name(from.getName())
        .disposition(decodeDisposition(from))
        .service(from.getService())
        .serviceNamespace(from.getServiceNamespace())
        .source(from.getSource())
        .routes(routes)
        .build();
  }

  private static Weft.Route encode(Route from) {
    Weft.Route.Builder to =
        Weft.Route.newBuilder().setName(from.name()).setTimeoutNanos(from.timeoutNanos());
    for (RouteMatch match : from.matches()) {
      to.addMatches(MatchCodec.encode(match));
    }
    for (WeightedUpstream destination : from.destinations()) {
      to.addDestinations(
          Weft.WeightedUpstream.newBuilder()
              .setUpstream(destination.upstream())
              .setWeight(destination.weight())
              .setRequestHeaders(MatchCodec.encode(destination.requestHeaders()))
              .setResponseHeaders(MatchCodec.encode(destination.responseHeaders())));
    }
    Redirect redirect = from.redirect();
    if (redirect != null) {
      to.setRedirect(encode(redirect));
    }
    DirectResponse direct = from.directResponse();
    if (direct != null) {
      to.setDirectResponse(
          Weft.DirectResponse.newBuilder().setStatus(direct.status()).setBody(direct.body()));
    }
    Rewrite rewrite = from.rewrite();
    if (rewrite != null) {
      to.setRewrite(encode(rewrite));
    }
    RetryPolicy retries = from.retries();
    if (retries != null) {
      to.setRetries(encode(retries));
    }
    Fault fault = from.fault();
    if (fault != null) {
      to.setFault(encode(fault));
    }
    return to.setRequestHeaders(MatchCodec.encode(from.requestHeaders()))
        .setResponseHeaders(MatchCodec.encode(from.responseHeaders()))
        .build();
  }

  private static Route decode(Weft.Route from) throws WireException {
    int actions =
        (from.getDestinationsCount() > 0 ? 1 : 0)
            + (from.hasRedirect() ? 1 : 0)
            + (from.hasDirectResponse() ? 1 : 0);
    if (actions != 1) {
      throw new WireException(
          "action",
          actions + " of them (expected: exactly one of destinations, redirect, direct_response)");
    }
    List<RouteMatch> matches = new ArrayList<>(from.getMatchesCount());
    for (Weft.RouteMatch match : from.getMatchesList()) {
      try {
        matches.add(MatchCodec.decode(match));
      } catch (WireException e) {
        throw e.in("matches[" + matches.size() + "]");
      }
    }
    List<WeightedUpstream> destinations = new ArrayList<>(from.getDestinationsCount());
    for (Weft.WeightedUpstream destination : from.getDestinationsList()) {
      destinations.add(
          WeightedUpstream.builder()
              .upstream(destination.getUpstream())
              .weight(destination.getWeight())
              .requestHeaders(MatchCodec.decode(destination.getRequestHeaders()))
              .responseHeaders(MatchCodec.decode(destination.getResponseHeaders()))
              .build());
    }
    return Route.builder()
        .name(from.getName())
        .matches(matches)
        .destinations(destinations)
        .redirect(from.hasRedirect() ? decode(from.getRedirect()) : null)
        .directResponse(from.hasDirectResponse() ? decode(from.getDirectResponse()) : null)
        .rewrite(from.hasRewrite() ? decode(from.getRewrite()) : null)
        .requestHeaders(MatchCodec.decode(from.getRequestHeaders()))
        .responseHeaders(MatchCodec.decode(from.getResponseHeaders()))
        .timeoutNanos(from.getTimeoutNanos())
        .retries(from.hasRetries() ? decode(from.getRetries()) : null)
        .fault(from.hasFault() ? decode(from.getFault()) : null)
        .build();
  }

  private static Weft.Redirect encode(Redirect from) {
    Weft.Redirect.Builder to =
        Weft.Redirect.newBuilder()
            .setPort(from.port())
            .setPortFromRequest(from.portFromRequest())
            .setStatus(from.status());
    String uri = from.uri();
    if (uri != null) {
      to.setUri(uri);
    }
    String prefixRewrite = from.prefixRewrite();
    if (prefixRewrite != null) {
      to.setPrefixRewrite(prefixRewrite);
    }
    String authority = from.authority();
    if (authority != null) {
      to.setAuthority(authority);
    }
    String scheme = from.scheme();
    if (scheme != null) {
      to.setScheme(scheme);
    }
    return to.build();
  }

  private static Redirect decode(Weft.Redirect from) {
    return Redirect.builder()
        .uri(from.hasUri() ? from.getUri() : null)
        .prefixRewrite(from.hasPrefixRewrite() ? from.getPrefixRewrite() : null)
        .authority(from.hasAuthority() ? from.getAuthority() : null)
        .scheme(from.hasScheme() ? from.getScheme() : null)
        .port(from.getPort())
        .portFromRequest(from.getPortFromRequest())
        .status(from.getStatus())
        .build();
  }

  private static DirectResponse decode(Weft.DirectResponse from) {
    return DirectResponse.builder().status(from.getStatus()).body(from.getBody()).build();
  }

  private static Weft.Rewrite encode(Rewrite from) {
    Weft.Rewrite.Builder to = Weft.Rewrite.newBuilder();
    String uri = from.uri();
    if (uri != null) {
      to.setUri(uri);
    }
    String regex = from.regex();
    if (regex != null) {
      to.setRegex(regex);
    }
    String substitution = from.substitution();
    if (substitution != null) {
      to.setSubstitution(substitution);
    }
    String authority = from.authority();
    if (authority != null) {
      to.setAuthority(authority);
    }
    return to.build();
  }

  private static Rewrite decode(Weft.Rewrite from) {
    return Rewrite.builder()
        .uri(from.hasUri() ? from.getUri() : null)
        .regex(from.hasRegex() ? from.getRegex() : null)
        .substitution(from.hasSubstitution() ? from.getSubstitution() : null)
        .authority(from.hasAuthority() ? from.getAuthority() : null)
        .build();
  }

  private static Weft.RetryPolicy encode(RetryPolicy from) {
    return Weft.RetryPolicy.newBuilder()
        .setAttempts(from.attempts())
        .addAllRetryOn(new TreeSet<>(from.retryOn()))
        .addAllStatusCodes(new TreeSet<>(from.statusCodes()))
        .setExplicit(from.explicit())
        .setPerTryTimeoutNanos(from.perTryTimeoutNanos())
        .setBackoffNanos(from.backoffNanos())
        .setIgnorePreviousHosts(from.ignorePreviousHosts())
        .build();
  }

  private static RetryPolicy decode(Weft.RetryPolicy from) {
    return RetryPolicy.builder()
        .attempts(from.getAttempts())
        .retryOn(new LinkedHashSet<>(from.getRetryOnList()))
        .statusCodes(new LinkedHashSet<>(from.getStatusCodesList()))
        .explicit(from.getExplicit())
        .perTryTimeoutNanos(from.getPerTryTimeoutNanos())
        .backoffNanos(from.getBackoffNanos())
        .ignorePreviousHosts(from.getIgnorePreviousHosts())
        .build();
  }

  private static Weft.Fault encode(Fault from) {
    return Weft.Fault.newBuilder()
        .setDelayNanos(from.delayNanos())
        .setDelayPerMillion(from.delayPerMillion())
        .setAbortStatus(from.abortStatus())
        .setAbortGrpcStatus(from.abortGrpcStatus())
        .setAbortPerMillion(from.abortPerMillion())
        .build();
  }

  private static Fault decode(Weft.Fault from) {
    return Fault.builder()
        .delayNanos(from.getDelayNanos())
        .delayPerMillion(from.getDelayPerMillion())
        .abortStatus(from.getAbortStatus())
        .abortGrpcStatus(from.getAbortGrpcStatus())
        .abortPerMillion(from.getAbortPerMillion())
        .build();
  }

  private static Weft.RouteTable.Disposition encode(RouteTable.Disposition from) {
    switch (from) {
      case ROUTED:
        return Weft.RouteTable.Disposition.ROUTED;
      case PASS_THROUGH:
        return Weft.RouteTable.Disposition.PASS_THROUGH;
      case BLOCKED:
        return Weft.RouteTable.Disposition.BLOCKED;
    }
    throw new AssertionError(from);
  }

  private static RouteTable.Disposition decodeDisposition(Weft.RouteTable from)
      throws WireException {
    switch (from.getDisposition()) {
      case ROUTED:
        return RouteTable.Disposition.ROUTED;
      case PASS_THROUGH:
        return RouteTable.Disposition.PASS_THROUGH;
      case BLOCKED:
        return RouteTable.Disposition.BLOCKED;
      case DISPOSITION_UNSPECIFIED:
      case UNRECOGNIZED:
        break;
    }
    throw WireException.unknown(
        "disposition", from.getDispositionValue(), "ROUTED, PASS_THROUGH or BLOCKED");
  }
}
