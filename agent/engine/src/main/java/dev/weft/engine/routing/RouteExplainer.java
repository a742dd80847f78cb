package dev.weft.engine.routing;

import dev.weft.engine.snapshot.CompiledMatch;
import dev.weft.engine.snapshot.NamedMatcher;
import dev.weft.engine.snapshot.TextMatcher;
import dev.weft.outbound.OutboundRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says in words why a match holds or not; asks {@link RouteMatcher} itself. */
public final class RouteExplainer {

  private RouteExplainer() {}

  /** The first condition that does not hold; null where all do. */
  public static @Nullable String mismatch(CompiledMatch match, OutboundRequest request) {
    String path = request.path();
    int end = RouteMatcher.pathEnd(path);
    if (match.uri != null && !match.uri.matches(path, end)) {
      return "path " + path.substring(0, end) + " is not " + match.uri;
    }
    if (match.port != 0 && match.port != request.port()) {
      return "port " + request.port() + " is not " + match.port;
    }
    String reason = mismatch("method", match.method, request.method());
    reason = reason != null ? reason : mismatch("scheme", match.scheme, request.scheme());
    reason = reason != null ? reason : mismatch("authority", match.authority, request.authority());
    return reason != null ? reason : ofMaps(match, request, path, end);
  }

  private static @Nullable String mismatch(
      String what, @Nullable TextMatcher matcher, String value) {
    return RouteMatcher.holds(matcher, value) ? null : what + " " + value + " is not " + matcher;
  }

  private static @Nullable String ofMaps(
      CompiledMatch match, OutboundRequest request, String path, int end) {
    for (NamedMatcher header : match.headers) {
      if (!RouteMatcher.headers(new NamedMatcher[] {header}, request)) {
        // Values of headers may be secrets: only their names are told.
        boolean absent = RouteMatcher.header(request, header.name) == null;
        return "header "
            + header.name
            + (absent ? " is absent (expected: " : " is not ")
            + header.matcher
            + (absent ? ")" : "");
      }
    }
    for (NamedMatcher header : match.withoutHeaders) {
      if (!RouteMatcher.withoutHeaders(new NamedMatcher[] {header}, request)) {
        return "header " + header.name + " is " + header.matcher + " (expected: not)";
      }
    }
    for (NamedMatcher param : match.queryParams) {
      if (!RouteMatcher.queryParams(new NamedMatcher[] {param}, path, end)) {
        String value = RouteMatcher.queryParam(path, end, param.name);
        return "query parameter "
            + param.name
            + (value == null ? " is absent (expected: " : " is not ")
            + param.matcher
            + (value == null ? ")" : "");
      }
    }
    return null;
  }

  /** The conditions of a match in words. */
  public static String conditions(CompiledMatch match) {
    List<String> all = new ArrayList<>();
    add(all, "uri", match.uri);
    add(all, "method", match.method);
    add(all, "scheme", match.scheme);
    add(all, "authority", match.authority);
    if (match.port != 0) {
      all.add("port " + match.port);
    }
    addAll(all, "header ", match.headers);
    addAll(all, "without header ", match.withoutHeaders);
    addAll(all, "query parameter ", match.queryParams);
    return all.isEmpty() ? "it matches everything" : String.join(", ", all);
  }

  private static void add(List<String> to, String what, @Nullable TextMatcher matcher) {
    if (matcher != null) {
      to.add(what + " " + matcher);
    }
  }

  private static void addAll(List<String> to, String what, NamedMatcher[] matchers) {
    for (NamedMatcher matcher : matchers) {
      to.add(what + matcher.name + " " + matcher.matcher);
    }
  }
}
