package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import dev.weft.model.Upstream;
import java.util.Set;

/** Whom a TLS connection of ours must end at. Immutable. */
public final class ExpectedPeer {

  /** Its {@code tlsMode} says how: AUTO and ISTIO_MUTUAL with our identity, the others as set. */
  public final Upstream upstream;

  /**
   * The SPIFFE IDs that the peer may prove, one of them; empty: any of the mesh. Not for SIMPLE and
   * MUTUAL.
   */
  public final Set<String> identities;

  public ExpectedPeer(Upstream upstream, Set<String> identities) {
    this.upstream = requireNonNull(upstream, "upstream");
    this.identities = requireNonNull(identities, "identities");
  }
}
