package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whom the mesh trusts. While roots are rotated there are two. */
public final class TrustBundle {

  private final String trustDomain;
  private final Set<String> trustDomainAliases;
  private final List<String> roots;

  private TrustBundle(Builder builder) {
    this.trustDomain = requireNonNull(builder.trustDomain, "trustDomain");
    this.trustDomainAliases = Copies.set(builder.trustDomainAliases);
    this.roots = Copies.list(builder.roots);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.trustDomain = trustDomain;
    builder.trustDomainAliases = trustDomainAliases;
    builder.roots = roots;
    return builder;
  }

  /** For example {@code cluster.local}. */
  public String trustDomain() {
    return trustDomain;
  }

  /** Further trust domains whose certificates are taken for ours. */
  public Set<String> trustDomainAliases() {
    return trustDomainAliases;
  }

  /** Certificates in PEM, one each. */
  public List<String> roots() {
    return roots;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof TrustBundle)) {
      return false;
    }
    TrustBundle that = (TrustBundle) other;
    return Objects.equals(trustDomain, that.trustDomain)
        && Objects.equals(trustDomainAliases, that.trustDomainAliases)
        && Objects.equals(roots, that.roots);
  }

  @Override
  public int hashCode() {
    return Objects.hash(trustDomain, trustDomainAliases, roots);
  }

  @Override
  public String toString() {
    return "TrustBundle{trustDomain="
        + trustDomain
        + ", trustDomainAliases="
        + trustDomainAliases
        + ", roots="
        + roots
        + "}";
  }

  /** Builds {@link TrustBundle}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String trustDomain = "";
    private Set<String> trustDomainAliases = Copies.noSet();
    private List<String> roots = Copies.noList();

    private Builder() {}

    public Builder trustDomain(String trustDomain) {
      this.trustDomain = trustDomain;
      return this;
    }

    public Builder trustDomainAliases(Set<String> trustDomainAliases) {
      this.trustDomainAliases = trustDomainAliases;
      return this;
    }

    public Builder roots(List<String> roots) {
      this.roots = roots;
      return this;
    }

    public TrustBundle build() {
      return new TrustBundle(this);
    }
  }
}
