package dev.weft.engine.routing;

import dev.weft.engine.snapshot.CompiledRule;
import dev.weft.model.Redirect;
import dev.weft.outbound.OutboundRequest;

/** Where a redirect points. */
public final class Redirects {

  private Redirects() {}

  /**
   * The {@code Location} of a redirect.
   *
   * @param path path and query of the request
   */
  public static String location(
      CompiledRule rule, Redirect redirect, OutboundRequest request, String path) {
    String requestScheme = request.scheme();
    String scheme = redirect.scheme() == null ? requestScheme : redirect.scheme();
    int port = redirect.portFromRequest() ? request.port() : redirect.port();
    if (port == defaultPort(scheme)) {
      port = 0;
    }
    boolean portNamed = redirect.portFromRequest() || redirect.port() > 0;
    String authority =
        redirect.authority() != null
            ? redirect.authority()
            : requestAuthority(request, scheme, portNamed);
    return scheme + "://" + authority + (port > 0 ? ":" + port : "") + path(rule, redirect, path);
  }

  /** Drops the port where the redirect names one, or where it was the old scheme's default. */
  private static String requestAuthority(
      OutboundRequest request, String scheme, boolean portNamed) {
    String authority = request.authority();
    int colon = authority.lastIndexOf(':');
    if (colon < 0 || authority.indexOf(']', colon) >= 0) {
      return authority;
    }
    String requestScheme = request.scheme();
    boolean wasDefault =
        !scheme.equals(requestScheme)
            && authority.substring(colon + 1).equals(String.valueOf(defaultPort(requestScheme)));
    return portNamed || wasDefault ? authority.substring(0, colon) : authority;
  }

  private static String path(CompiledRule rule, Redirect redirect, String path) {
    int end = RouteMatcher.pathEnd(path);
    String query = path.substring(end);
    String uri = redirect.uri();
    if (uri != null && !uri.isEmpty()) {
      return uri.indexOf('?') >= 0 ? uri : uri + query;
    }
    String prefix = redirect.prefixRewrite();
    if (prefix != null) {
      return PathRewriter.replaceMatched(rule.match.uri, path, end, prefix) + query;
    }
    return path;
  }

  private static int defaultPort(String scheme) {
    return scheme.equals("https") ? 443 : 80;
  }
}
