package dev.weft.policy;

import dev.weft.model.Registration;
import dev.weft.model.RouteMatch;
import dev.weft.model.StringMatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Matches of a route: which of them concern a client and a port at all, and what they ask of a
 * request.
 */
final class MatchSelector {

  private static final List<String> SELECTORS =
      Arrays.asList("port", "gateways", "sourceLabels", "sourceNamespace");

  private final Registration client;
  private final int port;

  MatchSelector(Registration client, int port) {
    this.client = client;
    this.port = port;
  }

  List<Node> select(List<Node> matches) {
    List<Node> mine = new ArrayList<>(matches.size());
    for (Node match : matches) {
      if (isMine(match)) {
        mine.add(match);
      }
    }
    return mine;
  }

  private boolean isMine(Node match) {
    int wanted = match.get("port").integer(0);
    if (wanted != 0 && wanted != port) {
      return false;
    }
    if (!Rules.isEmpty(match.get("gateways"))) {
      // As in Istio: a match that lists gateways asks neither labels nor namespace.
      return VirtualServiceRules.inMesh(match.get("gateways"));
    }
    String namespace = match.get("sourceNamespace").text();
    return (namespace.isEmpty() || namespace.equals(client.namespace()))
        && Rule.selects(match.get("sourceLabels").texts(), client.labels());
  }

  /** Whether a match that was selected asks nothing more. */
  boolean isCatchAll(Node match) {
    Map<String, Object> conditions = Matches.conditions(match);
    conditions.keySet().removeAll(SELECTORS);
    return Matches.isCatchAll(Node.of(conditions, match.path()));
  }

  static RouteMatch convert(Node match) {
    boolean ignoreCase = match.get("ignoreUriCase").flag(false);
    return RouteMatch.builder()
        .uri(string(match.get("uri"), ignoreCase))
        .scheme(string(match.get("scheme"), false))
        .method(string(match.get("method"), false))
        .authority(string(match.get("authority"), false))
        .headers(strings(match.get("headers"), true))
        .withoutHeaders(strings(match.get("withoutHeaders"), true))
        .queryParams(strings(match.get("queryParams"), false))
        .port(match.get("port").integer(0))
        .build();
  }

  private static Map<String, StringMatch> strings(Node map, boolean lowerCase) {
    Map<String, StringMatch> matches = new LinkedHashMap<>();
    for (String key : map.entries().keySet()) {
      StringMatch match = string(map.entry(key), false);
      matches.put(
          lowerCase ? key.toLowerCase(Locale.ROOT) : key,
          match == null ? StringMatch.present() : match);
    }
    return matches;
  }

  /** Null when it asks nothing. */
  private static @Nullable StringMatch string(Node node, boolean ignoreCase) {
    String exact = node.get("exact").textOrNull();
    if (exact != null) {
      return StringMatch.of(StringMatch.Kind.EXACT, exact, ignoreCase);
    }
    String prefix = node.get("prefix").textOrNull();
    if (prefix != null) {
      return StringMatch.of(StringMatch.Kind.PREFIX, prefix, ignoreCase);
    }
    String regex = node.get("regex").textOrNull();
    if (regex != null) {
      return "*".equals(regex) ? StringMatch.present() : StringMatch.regex(regex);
    }
    return null;
  }
}
