package dev.weft.engine.snapshot;

import dev.weft.model.RouteMatch;
import dev.weft.model.StringMatch;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All conditions of one match; null, empty and 0 are not asked. */
public final class CompiledMatch {

  private static final NamedMatcher[] NONE = {};

  /** Matches every request. */
  static final CompiledMatch ANY =
      new CompiledMatch(RouteMatch.builder().build(), null, null, null, null, NONE, NONE, NONE, 0);

  public final RouteMatch source;
  public final @Nullable TextMatcher uri;
  public final @Nullable TextMatcher scheme;
  public final @Nullable TextMatcher method;
  public final @Nullable TextMatcher authority;
  public final NamedMatcher[] headers;
  public final NamedMatcher[] withoutHeaders;
  public final NamedMatcher[] queryParams;
  public final int port;

  private CompiledMatch(
      RouteMatch source,
      @Nullable TextMatcher uri,
      @Nullable TextMatcher scheme,
      @Nullable TextMatcher method,
      @Nullable TextMatcher authority,
      NamedMatcher[] headers,
      NamedMatcher[] withoutHeaders,
      NamedMatcher[] queryParams,
      int port) {
    this.source = source;
    this.uri = uri;
    this.scheme = scheme;
    this.method = method;
    this.authority = authority;
    this.headers = headers;
    this.withoutHeaders = withoutHeaders;
    this.queryParams = queryParams;
    this.port = port;
  }

  static CompiledMatch compile(String path, RouteMatch match) throws InvalidResource {
    return new CompiledMatch(
        match,
        text(path + ".uri", match.uri()),
        text(path + ".scheme", match.scheme()),
        text(path + ".method", match.method()),
        text(path + ".authority", match.authority()),
        named(path + ".headers", match.headers(), true),
        withoutHeaders(path + ".withoutHeaders", match.withoutHeaders()),
        named(path + ".queryParams", match.queryParams(), false),
        match.port());
  }

  private static @Nullable TextMatcher text(String path, @Nullable StringMatch match)
      throws InvalidResource {
    return match == null ? null : TextMatcher.compile(path, match);
  }

  private static NamedMatcher[] named(
      String path, Map<String, StringMatch> matches, boolean lowerCase) throws InvalidResource {
    NamedMatcher[] compiled = new NamedMatcher[matches.size()];
    int next = 0;
    for (Map.Entry<String, StringMatch> entry : matches.entrySet()) {
      String name = lowerCase ? entry.getKey().toLowerCase(Locale.ROOT) : entry.getKey();
      compiled[next++] =
          new NamedMatcher(
              name, TextMatcher.compile(path + "[" + entry.getKey() + "]", entry.getValue()));
    }
    return compiled;
  }

  /** As headers, where the regex {@code *} (not RE2) is Istio's old way to say "present". */
  private static NamedMatcher[] withoutHeaders(String path, Map<String, StringMatch> matches)
      throws InvalidResource {
    NamedMatcher[] compiled = new NamedMatcher[matches.size()];
    int next = 0;
    for (Map.Entry<String, StringMatch> entry : matches.entrySet()) {
      StringMatch match = entry.getValue();
      if (match.kind() == StringMatch.Kind.REGEX && match.value().equals("*")) {
        match = StringMatch.present();
      }
      compiled[next++] =
          new NamedMatcher(
              entry.getKey().toLowerCase(Locale.ROOT),
              TextMatcher.compile(path + "[" + entry.getKey() + "]", match));
    }
    return compiled;
  }
}
