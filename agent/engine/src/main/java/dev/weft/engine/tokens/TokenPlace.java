package dev.weft.engine.tokens;

import dev.weft.inbound.InboundRequest;
import dev.weft.model.JwtHeader;
import dev.weft.model.JwtRule;
import java.io.UnsupportedEncodingException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One place in requests where tokens may be, and the rules that look there. Immutable. */
final class TokenPlace {

  private enum Kind {
    HEADER,
    PARAMETER,
    COOKIE
  }

  private final Kind kind;
  private final String name;
  private final String prefix;

  /** Tells places apart. */
  final int index;

  /** Indexes of rules. */
  final Set<Integer> rules = new HashSet<>();

  /** Lower case; null where it is no header. */
  final @Nullable String header;

  private TokenPlace(Kind kind, String name, String prefix, int index) {
    this.kind = kind;
    this.name = kind == Kind.HEADER ? name.toLowerCase(Locale.ROOT) : name;
    this.prefix = prefix;
    this.index = index;
    this.header = kind == Kind.HEADER ? this.name : null;
  }

  /** All places, each once. */
  static List<TokenPlace> of(List<TokenPlan.CompiledRule> rules) {
    Map<String, TokenPlace> places = new LinkedHashMap<>();
    for (int i = 0; i < rules.size(); i++) {
      JwtRule rule = rules.get(i).source;
      List<JwtHeader> headers = rule.fromHeaders();
      List<String> parameters = rule.fromParams();
      if (headers.isEmpty() && parameters.isEmpty() && rule.fromCookies().isEmpty()) {
        headers = Collections.singletonList(TokenPlan.bearer());
        parameters = Collections.singletonList("access_token");
      }
      for (JwtHeader each : headers) {
        add(places, Kind.HEADER, each.name(), each.prefix(), i);
      }
      for (String each : parameters) {
        add(places, Kind.PARAMETER, each, "", i);
      }
      for (String each : rule.fromCookies()) {
        add(places, Kind.COOKIE, each, "", i);
      }
    }
    return new ArrayList<>(places.values());
  }

  private static void add(
      Map<String, TokenPlace> places, Kind kind, String name, String prefix, int rule) {
    String key =
        kind + " " + (kind == Kind.HEADER ? name.toLowerCase(Locale.ROOT) : name) + " " + prefix;
    places
        .computeIfAbsent(key, absent -> new TokenPlace(kind, name, prefix, places.size()))
        .rules
        .add(rule);
  }

  /** The different tokens here, nearly always none or one. */
  List<String> tokens(InboundRequest request) {
    switch (kind) {
      case HEADER:
        return fromHeader(request.header(name));
      case PARAMETER:
        return fromQuery(request.path());
      default:
        return fromCookies(request.header("cookie"));
    }
  }

  /**
   * What stands behind the prefix. A header that was sent twice is one value with a comma in it,
   * which is no token: nobody can know which of the two the application takes.
   */
  private List<String> fromHeader(@Nullable String value) {
    if (value == null || !value.regionMatches(true, 0, prefix, 0, prefix.length())) {
      return Collections.emptyList();
    }
    String token = value.substring(prefix.length()).trim();
    return token.isEmpty() && prefix.isEmpty()
        ? Collections.emptyList()
        : Collections.singletonList(token);
  }

  private List<String> fromQuery(String path) {
    int query = path.indexOf('?');
    if (query < 0) {
      return Collections.emptyList();
    }
    Set<String> tokens = new LinkedHashSet<>();
    for (String pair : path.substring(query + 1).split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && decoded(pair.substring(0, equals)).equals(name)) {
        tokens.add(decoded(pair.substring(equals + 1)));
      }
    }
    tokens.remove("");
    return Collections.unmodifiableList(new ArrayList<>(tokens));
  }

  private static String decoded(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text, "UTF-8");
    } catch (UnsupportedEncodingException | IllegalArgumentException e) {
      return text;
    }
  }

  private List<String> fromCookies(@Nullable String header) {
    if (header == null) {
      return Collections.emptyList();
    }
    Set<String> tokens = new LinkedHashSet<>();
    // Cookies that were sent in several headers arrive joined by a comma.
    for (String pair : header.split("[;,]", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).trim().equals(name)) {
        String value = pair.substring(equals + 1).trim();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        tokens.add(quoted ? value.substring(1, value.length() - 1) : value);
      }
    }
    tokens.remove("");
    return Collections.unmodifiableList(new ArrayList<>(tokens));
  }
}
