package dev.weft.policy;

import dev.weft.model.DirectResponse;
import dev.weft.model.Fault;
import dev.weft.model.HeaderOperations;
import dev.weft.model.Redirect;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Rewrite;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.WeightedUpstream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The {@code http} routes of a VirtualService as the engine wants them, for one client and port.
 */
final class Routes {

  private final Rule rule;
  private final MatchSelector selector;
  private final Destinations destinations;
  private final int port;

  Routes(Rule rule, MatchSelector selector, Destinations destinations, int port) {
    this.rule = rule;
    this.selector = selector;
    this.destinations = destinations;
    this.port = port;
  }

  /** The route of a service that no VirtualService speaks of. */
  static Route byDefault(String upstream) {
    return Route.builder()
        .name("default")
        .destinations(
            Collections.singletonList(WeightedUpstream.builder().upstream(upstream).build()))
        .retries(retries(Node.of(null, "")))
        .build();
  }

  /**
   * In their order. Those whose matches select other clients or ports are left out, and so are
   * those after the first that matches every request.
   */
  List<Route> build(List<Node> httpRoutes) {
    List<Route> routes = new ArrayList<>();
    for (Node http : httpRoutes) {
      List<Node> matches = http.get("match").items();
      List<Node> mine = selector.select(matches);
      if (!matches.isEmpty() && mine.isEmpty()) {
        destinations.explanation.add(http.path() + " is not for this client and port");
        continue;
      }
      boolean all = add(http, mine, routes);
      if (all) {
        break;
      }
    }
    return routes;
  }

  /** One route; or one for each match where matches have names. True when nothing passes it. */
  private boolean add(Node http, List<Node> matches, List<Route> routes) {
    Route route = route(http);
    boolean all = matches.isEmpty();
    boolean named = false;
    List<RouteMatch> converted = new ArrayList<>();
    for (Node match : matches) {
      all |= selector.isCatchAll(match);
      named |= match.has("name");
      converted.add(MatchSelector.convert(match));
    }
    if (!named) {
      routes.add(route.toBuilder().matches(converted).build());
      return all;
    }
    for (int i = 0; i < matches.size(); i++) {
      String name = matches.get(i).get("name").text();
      String separator = route.name().isEmpty() || name.isEmpty() ? "" : ".";
      routes.add(
          route.toBuilder()
              .name(route.name() + separator + name)
              .matches(Collections.singletonList(converted.get(i)))
              .build());
    }
    return all;
  }

  private Route route(Node http) {
    Route.Builder route =
        Route.builder()
            .name(http.get("name").text())
            .requestHeaders(operations(http.get("headers").get("request")))
            .responseHeaders(operations(http.get("headers").get("response")));
    if (http.has("redirect")) {
      return route.redirect(redirect(http.get("redirect"))).build();
    }
    if (http.has("directResponse")) {
      return route.directResponse(directResponse(http.get("directResponse"))).build();
    }
    return route
        .destinations(destinations(http.get("route")))
        .rewrite(rewrite(http))
        .timeoutNanos(Math.max(0, http.get("timeout").nanos(0)))
        .retries(retries(http.get("retries")))
        .fault(fault(http.get("fault")))
        .build();
  }

  private List<WeightedUpstream> destinations(Node list) {
    List<WeightedUpstream> weighted = new ArrayList<>();
    List<Node> items = list.items();
    for (Node item : items) {
      int weight = items.size() == 1 ? 100 : item.get("weight").integer(0);
      if (weight > 0) {
        weighted.add(
            WeightedUpstream.builder()
                .upstream(destinations.add(item.get("destination"), rule, port))
                .weight(weight)
                .requestHeaders(operations(item.get("headers").get("request")))
                .responseHeaders(operations(item.get("headers").get("response")))
                .build());
      }
    }
    return weighted;
  }

  private static HeaderOperations operations(Node node) {
    if (!node.present()) {
      return HeaderOperations.NONE;
    }
    Set<String> remove = new LinkedHashSet<>();
    for (String name : node.get("remove").textItems()) {
      if (isOrdinary(name)) {
        remove.add(name.toLowerCase(Locale.ROOT));
      }
    }
    return HeaderOperations.builder()
        .set(ordinary(node.get("set").texts()))
        .add(ordinary(node.get("add").texts()))
        .remove(new ArrayList<>(remove))
        .build();
  }

  private static Map<String, String> ordinary(Map<String, String> headers) {
    Map<String, String> ordinary = new TreeMap<>();
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (isOrdinary(header.getKey())) {
        ordinary.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
      }
    }
    return ordinary;
  }

  /** Neither Host, which is a rewrite of the authority, nor a pseudo header. */
  private static boolean isOrdinary(String name) {
    return !name.startsWith(":") && !HttpRouteRules.isAuthority(name);
  }

  private static @Nullable Rewrite rewrite(Node http) {
    Node rewrite = http.get("rewrite");
    String authority = rewrite.get("authority").textOrNull();
    if (authority == null) {
      authority = authority(http.get("headers").get("request"));
    }
    List<Node> route = http.get("route").items();
    if (authority == null && route.size() == 1) {
      authority = authority(route.get(0).get("headers").get("request"));
    }
    Node regex = rewrite.get("uriRegexRewrite");
    String uri = rewrite.get("uri").textOrNull();
    if (authority == null && uri == null && !regex.present()) {
      return null;
    }
    return Rewrite.builder()
        .uri(uri)
        .regex(regex.get("match").textOrNull())
        .substitution(regex.present() ? regex.get("rewrite").text() : null)
        .authority(authority)
        .build();
  }

  /** {@code Host} in set comes before Host in add. */
  private static @Nullable String authority(Node operations) {
    for (String operation : new String[] {"set", "add"}) {
      for (Map.Entry<String, String> header : operations.get(operation).texts().entrySet()) {
        if (HttpRouteRules.isAuthority(header.getKey())) {
          return header.getValue();
        }
      }
    }
    return null;
  }

  private static Redirect redirect(Node redirect) {
    int status = redirect.get("redirectCode").integer(0);
    return Redirect.builder()
        .uri(notEmpty(redirect.get("uri")))
        .prefixRewrite(redirect.get("prefixRewrite").textOrNull())
        .authority(notEmpty(redirect.get("authority")))
        .scheme(notEmpty(redirect.get("scheme")))
        .port(redirect.get("port").integer(0))
        .portFromRequest("FROM_REQUEST_PORT".equals(redirect.get("derivePort").text()))
        .status(status == 0 ? 301 : status)
        .build();
  }

  private static @Nullable String notEmpty(Node node) {
    String text = node.textOrNull();
    return text == null || text.isEmpty() ? null : text;
  }

  private static DirectResponse directResponse(Node response) {
    Node body = response.get("body");
    String decoded = HttpRouteRules.decode(body.get("bytes").text());
    return DirectResponse.builder()
        .status(response.get("status").integer(200))
        .body(body.has("string") || decoded == null ? body.get("string").text() : decoded)
        .build();
  }

  /** Null: no retries. Where the VirtualService says nothing the defaults of the mesh hold. */
  static @Nullable RetryPolicy retries(Node retries) {
    int attempts =
        retries.present() ? retries.get("attempts").integer(0) : RetryRules.DEFAULT_ATTEMPTS;
    if (attempts <= 0) {
      return null;
    }
    Set<String> conditions = new LinkedHashSet<>();
    Set<Integer> codes = new LinkedHashSet<>();
    for (String token : RetryRules.tokens(retries.get("retryOn").text())) {
      int code = RetryRules.statusCode(token);
      if (code > 0) {
        codes.add(code);
        conditions.add("retriable-status-codes");
      } else if (RetryRules.isCondition(token)) {
        conditions.add(token);
      }
    }
    RetryPolicy defaults = RetryPolicy.builder().build();
    boolean explicit = !retries.get("retryOn").text().trim().isEmpty();
    return RetryPolicy.builder()
        .attempts(attempts)
        .retryOn(explicit ? conditions : RetryRules.DEFAULT_CONDITIONS)
        .statusCodes(codes)
        .explicit(explicit)
        .perTryTimeoutNanos(Math.max(0, retries.get("perTryTimeout").nanos(0)))
        .backoffNanos(retries.get("backoff").nanos(defaults.backoffNanos()))
        .ignorePreviousHosts(retries.get("retryIgnorePreviousHosts").flag(true))
        .build();
  }

  private static @Nullable Fault fault(Node fault) {
    if (!fault.present()) {
      return null;
    }
    Node delay = fault.get("delay");
    Node abort = fault.get("abort");
    int delayShare =
        delay.has("percentage")
            ? perMillion(delay.get("percentage").get("value").number(0))
            : perMillion(delay.get("percent").number(0));
    return Fault.builder()
        .delayNanos(delay.get("fixedDelay").nanos(0))
        .delayPerMillion(delayShare)
        .abortStatus(abort.get("httpStatus").integer(0))
        .abortGrpcStatus(GrpcStatus.code(abort.get("grpcStatus").text()))
        .abortPerMillion(perMillion(abort.get("percentage").get("value").number(0)))
        .build();
  }

  private static int perMillion(double percent) {
    return (int) Math.round(percent * 10_000);
  }
}
