package dev.weft.engine.routing;

import dev.weft.engine.snapshot.CompiledDestination;
import dev.weft.engine.snapshot.CompiledMatch;
import dev.weft.engine.snapshot.CompiledRoute;
import dev.weft.engine.snapshot.CompiledRule;
import dev.weft.engine.snapshot.CompiledTable;
import dev.weft.engine.snapshot.NamedMatcher;
import dev.weft.engine.snapshot.TextMatcher;
import dev.weft.model.StringMatch;
import dev.weft.outbound.OutboundRequest;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Finds the route of a request and the destination within it. */
public final class RouteMatcher {

  private RouteMatcher() {}

  /**
   * The first rule whose match holds; null for none.
   *
   * @param path path and query of the request
   */
  public static @Nullable CompiledRule find(
      CompiledTable table, OutboundRequest request, String path) {
    int pathEnd = pathEnd(path);
    CompiledRule[] rules = table.rules;
    for (int i = 0; i < rules.length; i++) {
      if (matches(rules[i].match, request, path, pathEnd)) {
        return rules[i];
      }
    }
    return null;
  }

  /**
   * The first route that every request to {@code host} and {@code port} would take if those before
   * it did not match: the one for connections whose requests nobody sees. Null for none.
   */
  public static @Nullable CompiledRoute withoutRequest(CompiledTable table, String host, int port) {
    for (CompiledRule rule : table.rules) {
      CompiledMatch match = rule.match;
      if (isAnyPath(match.source.uri())
          && (match.port == 0 || match.port == port)
          && match.method == null
          && match.scheme == null
          && holds(match.authority, host)
          && match.headers.length == 0
          && match.withoutHeaders.length == 0
          && match.queryParams.length == 0) {
        return rule.route;
      }
    }
    return null;
  }

  private static boolean isAnyPath(@Nullable StringMatch uri) {
    return uri == null || (uri.kind() == StringMatch.Kind.PREFIX && uri.value().equals("/"));
  }

  /** Where the query begins, or the path's length. */
  static int pathEnd(String path) {
    int question = path.indexOf('?');
    return question < 0 ? path.length() : question;
  }

  static boolean matches(CompiledMatch match, OutboundRequest request, String path, int pathEnd) {
    return (match.uri == null || match.uri.matches(path, pathEnd))
        && (match.port == 0 || match.port == request.port())
        && holds(match.method, match.method == null ? "" : request.method())
        && holds(match.scheme, match.scheme == null ? "" : request.scheme())
        && holds(match.authority, match.authority == null ? "" : request.authority())
        && headers(match.headers, request)
        && withoutHeaders(match.withoutHeaders, request)
        && queryParams(match.queryParams, path, pathEnd);
  }

  static boolean holds(@Nullable TextMatcher matcher, String value) {
    return matcher == null || matcher.matches(value);
  }

  static boolean headers(NamedMatcher[] matchers, OutboundRequest request) {
    for (int i = 0; i < matchers.length; i++) {
      String value = header(request, matchers[i].name);
      if (value == null || !matchers[i].matcher.matches(value)) {
        return false;
      }
    }
    return true;
  }

  /** A missing header counts as an empty one, except where its mere presence is asked. */
  static boolean withoutHeaders(NamedMatcher[] matchers, OutboundRequest request) {
    for (int i = 0; i < matchers.length; i++) {
      TextMatcher matcher = matchers[i].matcher;
      String value = header(request, matchers[i].name);
      if (matcher.kind() == StringMatch.Kind.PRESENT
          ? value != null
          : matcher.matches(value == null ? "" : value)) {
        return false;
      }
    }
    return true;
  }

  /** A header, or a pseudo header of HTTP/2. */
  public static @Nullable String header(OutboundRequest request, String name) {
    switch (name) {
      case "host":
      case ":authority":
        return request.authority();
      case ":path":
        return request.path();
      case ":method":
        return request.method();
      case ":scheme":
        return request.scheme();
      default:
        return request.header(name);
    }
  }

  static boolean queryParams(NamedMatcher[] matchers, String path, int pathEnd) {
    for (int i = 0; i < matchers.length; i++) {
      String value = queryParam(path, pathEnd, matchers[i].name);
      if (value == null || !matchers[i].matcher.matches(value)) {
        return false;
      }
    }
    return true;
  }

  /** The first value of a key as it is written, not decoded; empty for a key without value. */
  static @Nullable String queryParam(String path, int pathEnd, String name) {
    int from = pathEnd + 1;
    while (from <= path.length() && from > 0 && pathEnd < path.length()) {
      int end = path.indexOf('&', from);
      if (end < 0) {
        end = path.length();
      }
      int equals = path.indexOf('=', from);
      int keyEnd = equals < 0 || equals > end ? end : equals;
      if (keyEnd - from == name.length() && path.startsWith(name, from)) {
        return keyEnd == end ? "" : path.substring(keyEnd + 1, end);
      }
      from = end + 1;
    }
    return null;
  }

  /** The weighted choice among the destinations of a route, of which there is at least one. */
  public static CompiledDestination destination(CompiledRoute route, LongUnaryOperator random) {
    CompiledDestination[] destinations = route.destinations;
    if (destinations.length == 1) {
      return destinations[0];
    }
    long point = random.applyAsLong(route.totalWeight);
    int i = 0;
    while (point >= destinations[i].weight) {
      point -= destinations[i++].weight;
    }
    return destinations[i];
  }
}
