package dev.weft.engine;

import dev.weft.engine.balancing.Host;
import dev.weft.engine.routing.PathRewriter;
import dev.weft.engine.routing.Redirects;
import dev.weft.engine.routing.RouteExplainer;
import dev.weft.engine.routing.TableNames;
import dev.weft.engine.snapshot.CompiledDestination;
import dev.weft.engine.snapshot.CompiledRoute;
import dev.weft.engine.snapshot.CompiledRule;
import dev.weft.engine.snapshot.CompiledTable;
import dev.weft.engine.snapshot.CompiledUpstream;
import dev.weft.engine.snapshot.Snapshot;
import dev.weft.model.DirectResponse;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Fault;
import dev.weft.model.Redirect;
import dev.weft.model.RetryPolicy;
import dev.weft.model.RouteTable;
import dev.weft.outbound.OutboundRequest;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Goes the way of a request that nobody sends, and says what it sees. */
final class Explanation {

  private static final double MILLION = 1_000_000.0;
  private static final long MILLISECOND = 1_000_000;

  private final Engine engine;
  private final String method;
  private final String url;
  private final Map<String, String> headers = new TreeMap<>();
  private final List<String> lines = new ArrayList<>();

  Explanation(Engine engine, String method, String url, Map<String, String> headers) {
    this.engine = engine;
    this.method = method;
    this.url = url;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      this.headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
  }

  List<String> lines() {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return Collections.singletonList("url: " + url + " (" + e.getReason() + ")");
    }
    if (uri.getScheme() == null || uri.getRawAuthority() == null) {
      return Collections.singletonList(
          "url: " + url + " (expected: an absolute URL such as http://reviews:9080/)");
    }
    explain(new Imagined(uri));
    return Collections.unmodifiableList(lines);
  }

  private void explain(Imagined request) {
    if (!request.scheme().equals("http")) {
      lines.add("passes through: the application's own TLS is not looked into");
      return;
    }
    String name = TableNames.host(request.authority()).toLowerCase(Locale.ROOT);
    name = name + ":" + request.port();
    Snapshot snapshot = engine.snapshot();
    CompiledTable table = snapshot.table(name);
    if (table == null) {
      lines.add("passes through: no policy for " + name + " is here yet; the first call asks");
      return;
    }
    RouteTable source = table.source;
    lines.add(
        name
            + (source.service().isEmpty() ? "" : " is service " + source.service())
            + (source.source().isEmpty()
                ? ", no VirtualService applies"
                : ", routed by VirtualService " + source.source()));
    if (source.disposition() == RouteTable.Disposition.PASS_THROUGH) {
      lines.add("passes through: the host is unknown to the mesh");
      return;
    }
    if (source.disposition() == RouteTable.Disposition.BLOCKED) {
      lines.add("answers 502: the host is unknown to the mesh under REGISTRY_ONLY");
      return;
    }
    CompiledRule rule = firstMatch(table, request);
    if (rule == null) {
      lines.add("answers 404 (NR): no route matches");
      return;
    }
    follow(rule, snapshot, request);
  }

  private @Nullable CompiledRule firstMatch(CompiledTable table, Imagined request) {
    for (CompiledRule rule : table.rules) {
      String route = name(rule.route);
      String mismatch = RouteExplainer.mismatch(rule.match, request);
      if (mismatch == null) {
        lines.add(route + " is taken, because " + RouteExplainer.conditions(rule.match));
        return rule;
      }
      lines.add(route + " is not taken, because " + mismatch);
    }
    return null;
  }

  private static String name(CompiledRoute route) {
    return route.source.name().isEmpty() ? "an unnamed route" : "route " + route.source.name();
  }

  private void follow(CompiledRule rule, Snapshot snapshot, Imagined request) {
    CompiledRoute route = rule.route;
    Redirect redirect = route.source.redirect();
    if (redirect != null) {
      String location = Redirects.location(rule, redirect, request, request.path());
      lines.add("answers " + redirect.status() + " to " + location);
      return;
    }
    DirectResponse response = route.source.directResponse();
    if (response != null) {
      lines.add("answers " + response.status() + " directly");
      return;
    }
    fault(route.source.fault());
    String path = PathRewriter.rewrite(rule, request.path());
    if (!path.equals(request.path())) {
      lines.add("the path becomes " + path);
    }
    if (route.source.timeoutNanos() > 0) {
      lines.add("times out after " + millis(route.source.timeoutNanos()));
    }
    RetryPolicy retries = route.retries == null ? null : route.retries.source;
    if (retries != null) {
      lines.add(
          "is tried again up to "
              + retries.attempts()
              + " times on "
              + retries.retryOn()
              + (retries.statusCodes().isEmpty() ? "" : " and " + retries.statusCodes())
              + (retries.explicit() ? "" : ", if its method is idempotent"));
    }
    for (CompiledDestination destination : route.destinations) {
      destination(destination, route.totalWeight, snapshot);
    }
  }

  private void fault(@Nullable Fault fault) {
    if (fault == null) {
      return;
    }
    if (fault.delayNanos() > 0 && fault.delayPerMillion() > 0) {
      lines.add(
          "is delayed by "
              + millis(fault.delayNanos())
              + " in "
              + percent(fault.delayPerMillion() / MILLION)
              + " of cases (DI)");
    }
    if (fault.abortPerMillion() > 0) {
      String what =
          fault.abortStatus() > 0
              ? String.valueOf(fault.abortStatus())
              : "grpc-status " + fault.abortGrpcStatus();
      lines.add(
          "is answered with "
              + what
              + " in "
              + percent(fault.abortPerMillion() / MILLION)
              + " of cases (FI)");
    }
  }

  private void destination(CompiledDestination destination, long total, Snapshot snapshot) {
    CompiledUpstream upstream = snapshot.upstream(destination.upstream);
    String share = percent(destination.weight / (double) total);
    if (upstream == null) {
      lines.add("upstream " + destination.upstream + " takes " + share + ": unknown, 503 (NC)");
      return;
    }
    lines.add(
        "upstream "
            + destination.upstream
            + " takes "
            + share
            + ", "
            + upstream.source.loadBalancer()
            + " among "
            + upstream.endpoints.size()
            + " endpoints"
            + (upstream.endpoints.isEmpty() ? ": 503 (UH)" : ""));
    UpstreamState state = engine.stateOrNull(destination.upstream);
    for (EndpointInfo endpoint : upstream.endpoints) {
      lines.add("  " + endpoint(endpoint, upstream, state));
    }
  }

  private String endpoint(
      EndpointInfo endpoint, CompiledUpstream upstream, @Nullable UpstreamState state) {
    String text = endpoint.address() + ":" + endpoint.port() + ", weight " + endpoint.weight();
    if (engine.transport(upstream.source.tlsMode(), endpoint) != Host.PLAINTEXT) {
      text += Engine.isMesh(upstream.source.tlsMode()) ? ", mutual TLS" : ", TLS";
    }
    if (state != null) {
      for (Host host : state.hosts.view()) {
        if (host.info().equals(endpoint)) {
          text += ", " + host.active() + " active";
          if (host.ejected()) {
            long left = Math.max(0, host.ejectedUntil() - engine.now());
            text += ", ejected for " + millis(left) + " more";
          }
        }
      }
    }
    return text;
  }

  private static String percent(double share) {
    return BigDecimal.valueOf(share * 100)
            .setScale(4, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString()
        + " %";
  }

  private static String millis(long nanos) {
    return nanos / MILLISECOND + " ms";
  }

  /** The request in question. */
  private final class Imagined extends OutboundRequest {
    private final URI uri;

    Imagined(URI uri) {
      this.uri = uri;
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public String scheme() {
      return uri.getScheme().toLowerCase(Locale.ROOT);
    }

    @Override
    public String authority() {
      String host = headers.get("host");
      return host != null ? host : uri.getRawAuthority();
    }

    @Override
    public int port() {
      int port = uri.getPort();
      return port >= 0 ? port : scheme().equals("https") ? 443 : 80;
    }

    @Override
    public String path() {
      String path = uri.getRawPath();
      String query = uri.getRawQuery();
      return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    }

    @Override
    public @Nullable String header(String name) {
      return headers.get(name);
    }

    @Override
    public boolean isReplayable() {
      return true;
    }
  }
}
