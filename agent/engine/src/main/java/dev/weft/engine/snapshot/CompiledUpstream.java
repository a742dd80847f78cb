package dev.weft.engine.snapshot;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Upstream;
import java.util.List;

/** An upstream and its endpoints. */
public final class CompiledUpstream {
  public final Upstream source;
  public final List<EndpointInfo> endpoints;

  /** Grows with every change of this upstream or its endpoints. */
  public final long generation;

  CompiledUpstream(Upstream source, List<EndpointInfo> endpoints, long generation) {
    this.source = source;
    this.endpoints = endpoints;
    this.generation = generation;
  }
}
