package dev.weft.engine.snapshot;

import dev.weft.outbound.HeaderMutations;
import org.jspecify.annotations.Nullable;

/** One weighted destination of a route, with the header changes of both. */
public final class CompiledDestination {

  /** How many attempts have their header changes ready made. */
  private static final int PREPARED = 4;

  public static final String ATTEMPT_COUNT = "x-envoy-attempt-count";
  public static final String PEER = "x-weft-peer";

  /** Name of the upstream. */
  public final String upstream;

  public final int weight;
  public final HeaderPlan requestHeaders;
  public final HeaderPlan responseHeaders;

  /** What {@code Host} becomes; null keeps it. */
  public final @Nullable String authority;

  private final String self;
  private final HeaderMutations @Nullable [] prepared;

  CompiledDestination(
      String upstream,
      int weight,
      HeaderPlan requestHeaders,
      HeaderPlan responseHeaders,
      @Nullable String authority,
      String self) {
    this.upstream = upstream;
    this.weight = weight;
    this.requestHeaders = requestHeaders;
    this.responseHeaders = responseHeaders;
    this.authority = authority;
    this.self = self;
    HeaderMutations constant = requestHeaders.constant();
    if (constant == null) {
      prepared = null;
    } else {
      prepared = new HeaderMutations[PREPARED];
      for (int i = 0; i < PREPARED; i++) {
        prepared[i] = withMeshHeaders(constant, i + 1).build();
      }
    }
  }

  /** All changes of one attempt; usually ready made. */
  public HeaderMutations requestHeaders(int attempt, HeaderSource request) {
    if (prepared != null && attempt <= PREPARED) {
      return prepared[attempt - 1];
    }
    return withMeshHeaders(requestHeaders.render(request, HeaderSource.NONE), attempt).build();
  }

  private HeaderMutations.Builder withMeshHeaders(HeaderMutations changes, int attempt) {
    return HeaderMutations.builder()
        .addAll(changes)
        .set(ATTEMPT_COUNT, Integer.toString(attempt))
        .set(PEER, self);
  }
}
