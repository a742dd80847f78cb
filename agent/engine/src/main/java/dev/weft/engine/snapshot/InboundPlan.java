package dev.weft.engine.snapshot;

import dev.weft.engine.authorization.Authorization;
import dev.weft.engine.tokens.TokenPlan;
import dev.weft.engine.tokens.TokenVerifier;
import dev.weft.model.InboundPolicy;
import dev.weft.model.InboundPolicy.MutualTls;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** An inbound policy, compiled. Immutable. */
public final class InboundPlan {

  public final InboundPolicy source;
  public final Authorization authorization;

  /** Null when no RequestAuthentication selects the workload. */
  public final @Nullable TokenPlan tokens;

  private InboundPlan(
      InboundPolicy source, Authorization authorization, @Nullable TokenPlan tokens) {
    this.source = source;
    this.authorization = authorization;
    this.tokens = tokens;
  }

  /**
   * @param problems hears {@code kind/namespace/name} and reason of each part that is invalid
   */
  static InboundPlan of(
      InboundPolicy source,
      @Nullable InboundPlan last,
      TokenVerifier verifier,
      BiConsumer<String, String> problems) {
    Authorization authorization =
        Authorization.of(
            source,
            last == null ? null : last.authorization,
            (name, reason) -> problems.accept("AuthorizationPolicy/" + name, reason));
    // What was verified under the same rules stays verified.
    TokenPlan tokens =
        last != null && last.source.jwtRules().equals(source.jwtRules())
            ? last.tokens
            : TokenPlan.of(
                source.jwtRules(),
                verifier,
                last == null ? null : last.tokens,
                (name, reason) -> problems.accept("RequestAuthentication/" + name, reason));
    return new InboundPlan(source, authorization, tokens);
  }

  /** How connections to a port of the workload must be. */
  public MutualTls mutualTls(int port) {
    MutualTls mode = source.portMutualTls().get(port);
    return mode == null ? source.mutualTls() : mode;
  }

  /** Whether there is anything here that may refuse a request on {@code port}. */
  public boolean isEnforced(int port) {
    return tokens != null || authorization.isEnforced() || mutualTls(port) == MutualTls.STRICT;
  }
}
