package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one workload does with requests that arrive. A workload has one. */
public final class InboundPolicy {

  private final MutualTls mutualTls;
  private final Map<Integer, MutualTls> portMutualTls;
  private final List<JwtRule> jwtRules;
  private final List<AuthorizationPolicy> authorizationPolicies;
  private final List<ExternalAuthorizer> externalAuthorizers;
  private final PathNormalization pathNormalization;
  private final int trustedProxies;
  private final String trustDomain;
  private final Set<String> trustDomainAliases;

  private InboundPolicy(Builder builder) {
    this.mutualTls = requireNonNull(builder.mutualTls, "mutualTls");
    this.portMutualTls = Copies.map(builder.portMutualTls);
    this.jwtRules = Copies.list(builder.jwtRules);
    this.authorizationPolicies = Copies.list(builder.authorizationPolicies);
    this.externalAuthorizers = Copies.list(builder.externalAuthorizers);
    this.pathNormalization = requireNonNull(builder.pathNormalization, "pathNormalization");
    this.trustedProxies = builder.trustedProxies;
    this.trustDomain = requireNonNull(builder.trustDomain, "trustDomain");
    this.trustDomainAliases = Copies.set(builder.trustDomainAliases);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.mutualTls = mutualTls;
    builder.portMutualTls = portMutualTls;
    builder.jwtRules = jwtRules;
    builder.authorizationPolicies = authorizationPolicies;
    builder.externalAuthorizers = externalAuthorizers;
    builder.pathNormalization = pathNormalization;
    builder.trustedProxies = trustedProxies;
    builder.trustDomain = trustDomain;
    builder.trustDomainAliases = trustDomainAliases;
    return builder;
  }

  /** From PeerAuthentication: for ports without a mode of their own. */
  public MutualTls mutualTls() {
    return mutualTls;
  }

  /** By port of the workload. */
  public Map<Integer, MutualTls> portMutualTls() {
    return portMutualTls;
  }

  /** From RequestAuthentication; all that select the workload. */
  public List<JwtRule> jwtRules() {
    return jwtRules;
  }

  /**
   * All that select the workload. Principals and trust domains in them are written out for {@link
   * #trustDomain} and every alias, service accounts as {@code namespace/account}: who follows them
   * compares with what the peer proved and knows nothing of aliases.
   */
  public List<AuthorizationPolicy> authorizationPolicies() {
    return authorizationPolicies;
  }

  /** Those that CUSTOM policies name. */
  public List<ExternalAuthorizer> externalAuthorizers() {
    return externalAuthorizers;
  }

  /** How paths are brought into one form before they are matched. */
  public PathNormalization pathNormalization() {
    return pathNormalization;
  }

  /** How many proxies in front may be believed about {@code X-Forwarded-For}; 0 for none. */
  public int trustedProxies() {
    return trustedProxies;
  }

  /** Of the mesh; peers prove an identity in it or in one of the aliases. */
  public String trustDomain() {
    return trustDomain;
  }

  public Set<String> trustDomainAliases() {
    return trustDomainAliases;
  }

  /** As PeerAuthentication names them. */
  public enum MutualTls {
    DISABLE,
    PERMISSIVE,
    STRICT
  }

  /** As Istio's {@code meshConfig.pathNormalization} names them. */
  public enum PathNormalization {
    NONE,
    BASE,
    MERGE_SLASHES,
    DECODE_AND_MERGE_SLASHES
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof InboundPolicy)) {
      return false;
    }
    InboundPolicy that = (InboundPolicy) other;
    return Objects.equals(mutualTls, that.mutualTls)
        && Objects.equals(portMutualTls, that.portMutualTls)
        && Objects.equals(jwtRules, that.jwtRules)
        && Objects.equals(authorizationPolicies, that.authorizationPolicies)
        && Objects.equals(externalAuthorizers, that.externalAuthorizers)
        && Objects.equals(pathNormalization, that.pathNormalization)
        && trustedProxies == that.trustedProxies
        && Objects.equals(trustDomain, that.trustDomain)
        && Objects.equals(trustDomainAliases, that.trustDomainAliases);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        mutualTls,
        portMutualTls,
        jwtRules,
        authorizationPolicies,
        externalAuthorizers,
        pathNormalization,
        trustedProxies,
        trustDomain,
        trustDomainAliases);
  }

  @Override
  public String toString() {
    return "InboundPolicy{mutualTls="
        + mutualTls
        + ", portMutualTls="
        + portMutualTls
        + ", jwtRules="
        + jwtRules
        + ", authorizationPolicies="
        + authorizationPolicies
        + ", externalAuthorizers="
        + externalAuthorizers
        + ", pathNormalization="
        + pathNormalization
        + ", trustedProxies="
        + trustedProxies
        + ", trustDomain="
        + trustDomain
        + ", trustDomainAliases="
        + trustDomainAliases
        + "}";
  }

  /** Builds {@link InboundPolicy}; fields that are not set keep their documented default. */
  public static final class Builder {
    private MutualTls mutualTls = MutualTls.PERMISSIVE;
    private Map<Integer, MutualTls> portMutualTls = Copies.noMap();
    private List<JwtRule> jwtRules = Copies.noList();
    private List<AuthorizationPolicy> authorizationPolicies = Copies.noList();
    private List<ExternalAuthorizer> externalAuthorizers = Copies.noList();
    private PathNormalization pathNormalization = PathNormalization.BASE;
    private int trustedProxies;
    private String trustDomain = "";
    private Set<String> trustDomainAliases = Copies.noSet();

    private Builder() {}

    public Builder mutualTls(MutualTls mutualTls) {
      this.mutualTls = mutualTls;
      return this;
    }

    public Builder portMutualTls(Map<Integer, MutualTls> portMutualTls) {
      this.portMutualTls = portMutualTls;
      return this;
    }

    public Builder jwtRules(List<JwtRule> jwtRules) {
      this.jwtRules = jwtRules;
      return this;
    }

    public Builder authorizationPolicies(List<AuthorizationPolicy> authorizationPolicies) {
      this.authorizationPolicies = authorizationPolicies;
      return this;
    }

    public Builder externalAuthorizers(List<ExternalAuthorizer> externalAuthorizers) {
      this.externalAuthorizers = externalAuthorizers;
      return this;
    }

    public Builder pathNormalization(PathNormalization pathNormalization) {
      this.pathNormalization = pathNormalization;
      return this;
    }

    public Builder trustedProxies(int trustedProxies) {
      this.trustedProxies = trustedProxies;
      return this;
    }

    public Builder trustDomain(String trustDomain) {
      this.trustDomain = trustDomain;
      return this;
    }

    public Builder trustDomainAliases(Set<String> trustDomainAliases) {
      this.trustDomainAliases = trustDomainAliases;
      return this;
    }

    public InboundPolicy build() {
      return new InboundPolicy(this);
    }
  }
}
