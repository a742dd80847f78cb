package dev.weft.engine.authorization;

import dev.weft.model.ExternalAuthorizer;
import java.util.Collections;
import java.util.List;

/** What policies say about one request. Immutable. */
public final class Decision {

  /** What becomes of a request. */
  public enum Result {
    ALLOWED,
    DENIED,
    /** Its path means nothing, or too many things. */
    BAD_PATH
  }

  public final Result result;

  /** Envoy's response code details; empty where it is allowed. */
  public final String details;

  /** The policy that refused it, {@code namespace/name}; empty for none in particular. */
  public final String policy;

  /** Who must be asked before it may pass, all of them. */
  public final List<ExternalAuthorizer> ask;

  /** What AUDIT and dry-run policies have to say. */
  public final List<Finding> findings;

  Decision(
      Result result,
      String details,
      String policy,
      List<ExternalAuthorizer> ask,
      List<Finding> findings) {
    this.result = result;
    this.details = details;
    this.policy = policy;
    this.ask = Collections.unmodifiableList(ask);
    this.findings = Collections.unmodifiableList(findings);
  }

  public boolean isAllowed() {
    return result == Result.ALLOWED;
  }
}
