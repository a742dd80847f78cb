package dev.weft.engine.authorization;

import static java.util.Objects.requireNonNull;

/** What a policy had to say about a request, for the record. Immutable. */
public final class Finding {

  /** What was said. */
  public enum Kind {
    DENIED,
    AUDITED,
    /** A dry-run policy would have refused it. */
    SHADOW_DENIED,
    /** A dry-run policy would have allowed it. */
    SHADOW_ALLOWED,
    /** It had been allowed, and a later policy ended it. */
    REVOKED
  }

  public final Kind kind;

  /** {@code namespace/name}; empty for none in particular. */
  public final String policy;

  public Finding(Kind kind, String policy) {
    this.kind = requireNonNull(kind, "kind");
    this.policy = requireNonNull(policy, "policy");
  }

  @Override
  public String toString() {
    return kind + " " + policy;
  }
}
