package dev.weft.engine.snapshot;

/** One match and the route it leads to; a route with several matches makes several rules. */
public final class CompiledRule {
  public final CompiledMatch match;
  public final CompiledRoute route;

  CompiledRule(CompiledMatch match, CompiledRoute route) {
    this.match = match;
    this.route = route;
  }
}
