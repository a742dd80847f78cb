package dev.weft.engine.snapshot;

import dev.weft.model.Route;
import org.jspecify.annotations.Nullable;

/** One route. Without destinations it is a redirect or a direct response. */
public final class CompiledRoute {
  public final Route source;
  public final CompiledDestination[] destinations;

  /** Sum of the destinations' weights; positive where there are destinations. */
  public final long totalWeight;

  /** Null: the path stays. */
  public final @Nullable CompiledRewrite rewrite;

  /** Null: no retries. */
  public final @Nullable CompiledRetries retries;

  /** For a redirect or a direct response. */
  public final HeaderPlan responseHeaders;

  CompiledRoute(
      Route source,
      CompiledDestination[] destinations,
      long totalWeight,
      @Nullable CompiledRewrite rewrite,
      @Nullable CompiledRetries retries,
      HeaderPlan responseHeaders) {
    this.source = source;
    this.destinations = destinations;
    this.totalWeight = totalWeight;
    this.rewrite = rewrite;
    this.retries = retries;
    this.responseHeaders = responseHeaders;
  }
}
