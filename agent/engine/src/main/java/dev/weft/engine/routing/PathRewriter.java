package dev.weft.engine.routing;

import dev.weft.engine.snapshot.CompiledRewrite;
import dev.weft.engine.snapshot.CompiledRule;
import dev.weft.engine.snapshot.TextMatcher;
import dev.weft.model.StringMatch;
import org.jspecify.annotations.Nullable;

/** What the upstream sees instead of the path that the application wrote. */
public final class PathRewriter {

  private PathRewriter() {}

  /**
   * The path and query to send; {@code path} itself where nothing changes.
   *
   * @param path path and query
   */
  public static String rewrite(CompiledRule rule, String path) {
    CompiledRewrite rewrite = rule.route.rewrite;
    if (rewrite == null) {
      return path;
    }
    int end = RouteMatcher.pathEnd(path);
    String rewritten;
    if (rewrite.uri == null) {
      rewritten = rewrite.substitute(path.substring(0, end));
    } else {
      rewritten = replaceMatched(rule.match.uri, path, end, rewrite.uri);
    }
    String result = absolute(rewritten) + path.substring(end);
    return result.equals(path) ? path : result;
  }

  /** Replaces the matched prefix, or the whole path after an exact or regex match. */
  static String replaceMatched(
      @Nullable TextMatcher uri, String path, int end, String replacement) {
    StringMatch.Kind kind = uri == null ? StringMatch.Kind.PRESENT : uri.kind();
    switch (kind) {
      case PREFIX:
        int length = uri == null ? 0 : uri.source().value().length();
        return replacement + path.substring(length, end);
      case PRESENT:
        // A catch-all is the prefix "/" in Istio's terms.
        return replacement + path.substring(Math.min(1, end), end);
      default:
        return replacement;
    }
  }

  /** Libraries refuse to send a path without its slash. */
  private static String absolute(String path) {
    return path.startsWith("/") ? path : "/" + path;
  }
}
