package dev.weft.wire;

import dev.weft.model.HeaderOperations;
import dev.weft.model.RouteMatch;
import dev.weft.model.StringMatch;
import dev.weft.wire.proto.Weft;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Match conditions and header operations to and from the wire. Maps go out sorted by name. */
final class MatchCodec {

  private MatchCodec() {}

  static Weft.RouteMatch encode(RouteMatch from) {
    Weft.RouteMatch.Builder to =
        Weft.RouteMatch.newBuilder()
            .addAllHeaders(encodeMatches(from.headers()))
            .addAllWithoutHeaders(encodeMatches(from.withoutHeaders()))
            .addAllQueryParams(encodeMatches(from.queryParams()))
            .setPort(from.port());
    StringMatch uri = from.uri();
    if (uri != null) {
      to.setUri(encode(uri));
    }
    StringMatch scheme = from.scheme();
    if (scheme != null) {
      to.setScheme(encode(scheme));
    }
    StringMatch method = from.method();
    if (method != null) {
      to.setMethod(encode(method));
    }
    StringMatch authority = from.authority();
    if (authority != null) {
      to.setAuthority(encode(authority));
    }
    return to.build();
  }

  static RouteMatch decode(Weft.RouteMatch from) throws WireException {
    return RouteMatch.builder()
        .uri(from.hasUri() ? decode("uri", from.getUri()) : null)
        .scheme(from.hasScheme() ? decode("scheme", from.getScheme()) : null)
        .method(from.hasMethod() ? decode("method", from.getMethod()) : null)
        .authority(from.hasAuthority() ? decode("authority", from.getAuthority()) : null)
        .headers(decodeMatches("headers", from.getHeadersList()))
        .withoutHeaders(decodeMatches("without_headers", from.getWithoutHeadersList()))
        .queryParams(decodeMatches("query_params", from.getQueryParamsList()))
        .port(from.getPort())
        .build();
  }

  private static List<Weft.NamedMatch> encodeMatches(Map<String, StringMatch> from) {
    List<Weft.NamedMatch> to = new ArrayList<>(from.size());
    for (Map.Entry<String, StringMatch> entry : new TreeMap<>(from).entrySet()) {
      to.add(
          Weft.NamedMatch.newBuilder()
              .setName(entry.getKey())
              .setMatch(encode(entry.getValue()))
              .build());
    }
    return to;
  }

  private static Map<String, StringMatch> decodeMatches(String path, List<Weft.NamedMatch> from)
      throws WireException {
    Map<String, StringMatch> to = new LinkedHashMap<>();
    for (Weft.NamedMatch entry : from) {
      to.put(entry.getName(), decode(path + "[" + entry.getName() + "]", entry.getMatch()));
    }
    return to;
  }

  private static Weft.StringMatch encode(StringMatch from) {
    return Weft.StringMatch.newBuilder()
        .setKind(encode(from.kind()))
        .setValue(from.value())
        .setIgnoreCase(from.ignoreCase())
        .build();
  }

  private static StringMatch decode(String path, Weft.StringMatch from) throws WireException {
    return StringMatch.of(decodeKind(path, from), from.getValue(), from.getIgnoreCase());
  }

  private static Weft.StringMatch.Kind encode(StringMatch.Kind from) {
    switch (from) {
      case EXACT:
        return Weft.StringMatch.Kind.EXACT;
      case PREFIX:
        return Weft.StringMatch.Kind.PREFIX;
      case REGEX:
        return Weft.StringMatch.Kind.REGEX;
      case PRESENT:
        return Weft.StringMatch.Kind.PRESENT;
    }
    throw new AssertionError(from);
  }

  private static StringMatch.Kind decodeKind(String path, Weft.StringMatch from)
      throws WireException {
    switch (from.getKind()) {
      case EXACT:
        return StringMatch.Kind.EXACT;
      case PREFIX:
        return StringMatch.Kind.PREFIX;
      case REGEX:
        return StringMatch.Kind.REGEX;
      case PRESENT:
        return StringMatch.Kind.PRESENT;
      case KIND_UNSPECIFIED:
      case UNRECOGNIZED:
        break;
    }
    throw WireException.unknown(
        path + ".kind", from.getKindValue(), "EXACT, PREFIX, REGEX or PRESENT");
  }

  static Weft.HeaderOperations encode(HeaderOperations from) {
    return Weft.HeaderOperations.newBuilder()
        .addAllSet(encodePairs(from.set()))
        .addAllAdd(encodePairs(from.add()))
        .addAllRemove(from.remove())
        .build();
  }

  static HeaderOperations decode(Weft.HeaderOperations from) {
    return HeaderOperations.builder()
        .set(decodePairs(from.getSetList()))
        .add(decodePairs(from.getAddList()))
        .remove(from.getRemoveList())
        .build();
  }

  static List<Weft.Pair> encodePairs(Map<String, String> from) {
    List<Weft.Pair> to = new ArrayList<>(from.size());
    for (Map.Entry<String, String> entry : new TreeMap<>(from).entrySet()) {
      to.add(Weft.Pair.newBuilder().setName(entry.getKey()).setValue(entry.getValue()).build());
    }
    return to;
  }

  static Map<String, String> decodePairs(List<Weft.Pair> from) {
    Map<String, String> to = new LinkedHashMap<>();
    for (Weft.Pair entry : from) {
      to.put(entry.getName(), entry.getValue());
    }
    return to;
  }
}
