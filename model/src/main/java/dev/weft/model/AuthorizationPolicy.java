package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One AuthorizationPolicy as it concerns a workload. */
public final class AuthorizationPolicy {

  private final String source;
  private final Action action;
  private final boolean dryRun;
  private final String provider;
  private final List<AuthorizationRule> rules;

  private AuthorizationPolicy(Builder builder) {
    this.source = requireNonNull(builder.source, "source");
    this.action = requireNonNull(builder.action, "action");
    this.dryRun = builder.dryRun;
    this.provider = requireNonNull(builder.provider, "provider");
    this.rules = Copies.list(builder.rules);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.source = source;
    builder.action = action;
    builder.dryRun = dryRun;
    builder.provider = provider;
    builder.rules = rules;
    return builder;
  }

  /** {@code namespace/name}. */
  public String source() {
    return source;
  }

  public Action action() {
    return action;
  }

  /** Annotation {@code istio.io/dry-run}: evaluated and recorded, never followed. */
  public boolean dryRun() {
    return dryRun;
  }

  /** Name of the {@link ExternalAuthorizer}, for CUSTOM; else empty. */
  public String provider() {
    return provider;
  }

  /** One of them must match. None: never matches. */
  public List<AuthorizationRule> rules() {
    return rules;
  }

  /** What becomes of a request that matches. */
  public enum Action {
    ALLOW,
    DENY,
    AUDIT,
    CUSTOM
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof AuthorizationPolicy)) {
      return false;
    }
    AuthorizationPolicy that = (AuthorizationPolicy) other;
    return Objects.equals(source, that.source)
        && Objects.equals(action, that.action)
        && dryRun == that.dryRun
        && Objects.equals(provider, that.provider)
        && Objects.equals(rules, that.rules);
  }

  @Override
  public int hashCode() {
    return Objects.hash(source, action, dryRun, provider, rules);
  }

  @Override
  public String toString() {
    return "AuthorizationPolicy{source="
        + source
        + ", action="
        + action
        + ", dryRun="
        + dryRun
        + ", provider="
        + provider
        + ", rules="
        + rules
        + "}";
  }

  /** Builds {@link AuthorizationPolicy}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String source = "";
    private Action action = Action.ALLOW;
    private boolean dryRun;
    private String provider = "";
    private List<AuthorizationRule> rules = Copies.noList();

    private Builder() {}

    public Builder source(String source) {
      this.source = source;
      return this;
    }

    public Builder action(Action action) {
      this.action = action;
      return this;
    }

    public Builder dryRun(boolean dryRun) {
      this.dryRun = dryRun;
      return this;
    }

    public Builder provider(String provider) {
      this.provider = provider;
      return this;
    }

    public Builder rules(List<AuthorizationRule> rules) {
      this.rules = rules;
      return this;
    }

    public AuthorizationPolicy build() {
      return new AuthorizationPolicy(this);
    }
  }
}
