package dev.weft.engine.snapshot;

import dev.weft.model.HeaderOperations;
import dev.weft.model.Rewrite;
import dev.weft.model.Route;
import dev.weft.model.RouteMatch;
import dev.weft.model.RouteTable;
import dev.weft.model.WeightedUpstream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles route tables. */
final class RouteCompiler {

  private final String self;

  /**
   * @param self value of the header that tells the other side who we are
   */
  RouteCompiler(String self) {
    this.self = self;
  }

  CompiledTable compile(RouteTable table) throws InvalidResource {
    List<CompiledRule> rules = new ArrayList<>();
    List<Route> routes = table.routes();
    for (int i = 0; i < routes.size(); i++) {
      Route route = routes.get(i);
      String path = "routes[" + (route.name().isEmpty() ? String.valueOf(i) : route.name()) + "]";
      CompiledRoute compiled = compile(path, route);
      List<RouteMatch> matches = route.matches();
      if (matches.isEmpty()) {
        rules.add(new CompiledRule(CompiledMatch.ANY, compiled));
      }
      for (int m = 0; m < matches.size(); m++) {
        CompiledMatch match = CompiledMatch.compile(path + ".match[" + m + "]", matches.get(m));
        rules.add(new CompiledRule(match, compiled));
      }
    }
    return new CompiledTable(table, rules.toArray(new CompiledRule[0]));
  }

  private CompiledRoute compile(String path, Route route) throws InvalidResource {
    int actions =
        (route.destinations().isEmpty() ? 0 : 1)
            + (route.redirect() == null ? 0 : 1)
            + (route.directResponse() == null ? 0 : 1);
    if (actions != 1) {
      throw new InvalidResource(
          path + ": " + actions + " actions (expected: one of route, redirect, directResponse)");
    }
    CompiledDestination[] destinations = destinations(path, route);
    long totalWeight = 0;
    for (CompiledDestination destination : destinations) {
      totalWeight += destination.weight;
    }
    return new CompiledRoute(
        route,
        destinations,
        totalWeight,
        CompiledRewrite.compile(path + ".rewrite", route.rewrite()),
        CompiledRetries.compile(route.retries()),
        HeaderPlan.merge(route.responseHeaders(), HeaderOperations.NONE, false));
  }

  private CompiledDestination[] destinations(String path, Route route) throws InvalidResource {
    List<WeightedUpstream> all = route.destinations();
    List<CompiledDestination> kept = new ArrayList<>(all.size());
    boolean several = all.size() > 1;
    for (WeightedUpstream one : all) {
      if (one.weight() < 0) {
        throw new InvalidResource(
            path + ".route[" + one.upstream() + "].weight: " + one.weight() + " (expected: >= 0)");
      }
      // A single destination takes everything, whatever its weight says.
      int weight = several ? one.weight() : 1;
      if (weight > 0) {
        kept.add(
            new CompiledDestination(
                one.upstream(),
                weight,
                HeaderPlan.merge(route.requestHeaders(), one.requestHeaders(), several),
                HeaderPlan.merge(route.responseHeaders(), one.responseHeaders(), several),
                authority(route, one, several),
                self));
      }
    }
    if (several && kept.isEmpty()) {
      throw new InvalidResource(path + ".route: all weights are 0 (expected: one above 0)");
    }
    return kept.toArray(new CompiledDestination[0]);
  }

  /** {@code rewrite.authority}, else a header operation on Host: the most specific one. */
  private static @Nullable String authority(
      Route route, WeightedUpstream destination, boolean several) {
    Rewrite rewrite = route.rewrite();
    if (rewrite != null && rewrite.authority() != null) {
      return rewrite.authority();
    }
    String ofRoute = HeaderPlan.authority(route.requestHeaders());
    String ofDestination = HeaderPlan.authority(destination.requestHeaders());
    if (several) {
      return ofDestination != null ? ofDestination : ofRoute;
    }
    return ofRoute != null ? ofRoute : ofDestination;
  }
}
