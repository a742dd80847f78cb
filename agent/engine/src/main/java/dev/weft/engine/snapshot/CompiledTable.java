package dev.weft.engine.snapshot;

import dev.weft.model.RouteTable;

/** What one authority means. */
public final class CompiledTable {
  public final RouteTable source;

  /** In order; the first match wins. */
  public final CompiledRule[] rules;

  CompiledTable(RouteTable source, CompiledRule[] rules) {
    this.source = source;
    this.rules = rules;
  }
}
