package dev.weft.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whence a request may come, as AuthorizationPolicy {@code from.source}. Every list that is not
 * empty must match with one of its values, every {@code not} list with none.
 */
public final class SourceMatch {

  private final List<String> principals;
  private final List<String> notPrincipals;
  private final List<String> requestPrincipals;
  private final List<String> notRequestPrincipals;
  private final List<String> namespaces;
  private final List<String> notNamespaces;
  private final List<String> serviceAccounts;
  private final List<String> notServiceAccounts;
  private final List<String> trustDomains;
  private final List<String> notTrustDomains;
  private final List<String> ipBlocks;
  private final List<String> notIpBlocks;
  private final List<String> remoteIpBlocks;
  private final List<String> notRemoteIpBlocks;

  private SourceMatch(Builder builder) {
    this.principals = Copies.list(builder.principals);
    this.notPrincipals = Copies.list(builder.notPrincipals);
    this.requestPrincipals = Copies.list(builder.requestPrincipals);
    this.notRequestPrincipals = Copies.list(builder.notRequestPrincipals);
    this.namespaces = Copies.list(builder.namespaces);
    this.notNamespaces = Copies.list(builder.notNamespaces);
    this.serviceAccounts = Copies.list(builder.serviceAccounts);
    this.notServiceAccounts = Copies.list(builder.notServiceAccounts);
    this.trustDomains = Copies.list(builder.trustDomains);
    this.notTrustDomains = Copies.list(builder.notTrustDomains);
    this.ipBlocks = Copies.list(builder.ipBlocks);
    this.notIpBlocks = Copies.list(builder.notIpBlocks);
    this.remoteIpBlocks = Copies.list(builder.remoteIpBlocks);
    this.notRemoteIpBlocks = Copies.list(builder.notRemoteIpBlocks);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.principals = principals;
    builder.notPrincipals = notPrincipals;
    builder.requestPrincipals = requestPrincipals;
    builder.notRequestPrincipals = notRequestPrincipals;
    builder.namespaces = namespaces;
    builder.notNamespaces = notNamespaces;
    builder.serviceAccounts = serviceAccounts;
    builder.notServiceAccounts = notServiceAccounts;
    builder.trustDomains = trustDomains;
    builder.notTrustDomains = notTrustDomains;
    builder.ipBlocks = ipBlocks;
    builder.notIpBlocks = notIpBlocks;
    builder.remoteIpBlocks = remoteIpBlocks;
    builder.notRemoteIpBlocks = notRemoteIpBlocks;
    return builder;
  }

  public List<String> principals() {
    return principals;
  }

  public List<String> notPrincipals() {
    return notPrincipals;
  }

  public List<String> requestPrincipals() {
    return requestPrincipals;
  }

  public List<String> notRequestPrincipals() {
    return notRequestPrincipals;
  }

  public List<String> namespaces() {
    return namespaces;
  }

  public List<String> notNamespaces() {
    return notNamespaces;
  }

  public List<String> serviceAccounts() {
    return serviceAccounts;
  }

  public List<String> notServiceAccounts() {
    return notServiceAccounts;
  }

  public List<String> trustDomains() {
    return trustDomains;
  }

  public List<String> notTrustDomains() {
    return notTrustDomains;
  }

  public List<String> ipBlocks() {
    return ipBlocks;
  }

  public List<String> notIpBlocks() {
    return notIpBlocks;
  }

  public List<String> remoteIpBlocks() {
    return remoteIpBlocks;
  }

  public List<String> notRemoteIpBlocks() {
    return notRemoteIpBlocks;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof SourceMatch)) {
      return false;
    }
    SourceMatch that = (SourceMatch) other;
    return Objects.equals(principals, that.principals)
        && Objects.equals(notPrincipals, that.notPrincipals)
        && Objects.equals(requestPrincipals, that.requestPrincipals)
        && Objects.equals(notRequestPrincipals, that.notRequestPrincipals)
        && Objects.equals(namespaces, that.namespaces)
        && Objects.equals(notNamespaces, that.notNamespaces)
        && Objects.equals(serviceAccounts, that.serviceAccounts)
        && Objects.equals(notServiceAccounts, that.notServiceAccounts)
        && Objects.equals(trustDomains, that.trustDomains)
        && Objects.equals(notTrustDomains, that.notTrustDomains)
        && Objects.equals(ipBlocks, that.ipBlocks)
        && Objects.equals(notIpBlocks, that.notIpBlocks)
        && Objects.equals(remoteIpBlocks, that.remoteIpBlocks)
        && Objects.equals(notRemoteIpBlocks, that.notRemoteIpBlocks);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        principals,
        notPrincipals,
        requestPrincipals,
        notRequestPrincipals,
        namespaces,
        notNamespaces,
        serviceAccounts,
        notServiceAccounts,
        trustDomains,
        notTrustDomains,
        ipBlocks,
        notIpBlocks,
        remoteIpBlocks,
        notRemoteIpBlocks);
  }

  @Override
  public String toString() {
    return "SourceMatch{principals="
        + principals
        + ", notPrincipals="
        + notPrincipals
        + ", requestPrincipals="
        + requestPrincipals
        + ", notRequestPrincipals="
        + notRequestPrincipals
        + ", namespaces="
        + namespaces
        + ", notNamespaces="
        + notNamespaces
        + ", serviceAccounts="
        + serviceAccounts
        + ", notServiceAccounts="
        + notServiceAccounts
        + ", trustDomains="
        + trustDomains
        + ", notTrustDomains="
        + notTrustDomains
        + ", ipBlocks="
        + ipBlocks
        + ", notIpBlocks="
        + notIpBlocks
        + ", remoteIpBlocks="
        + remoteIpBlocks
        + ", notRemoteIpBlocks="
        + notRemoteIpBlocks
        + "}";
  }

  /** Builds {@link SourceMatch}; fields that are not set keep their documented default. */
  public static final class Builder {
    private List<String> principals = Copies.noList();
    private List<String> notPrincipals = Copies.noList();
    private List<String> requestPrincipals = Copies.noList();
    private List<String> notRequestPrincipals = Copies.noList();
    private List<String> namespaces = Copies.noList();
    private List<String> notNamespaces = Copies.noList();
    private List<String> serviceAccounts = Copies.noList();
    private List<String> notServiceAccounts = Copies.noList();
    private List<String> trustDomains = Copies.noList();
    private List<String> notTrustDomains = Copies.noList();
    private List<String> ipBlocks = Copies.noList();
    private List<String> notIpBlocks = Copies.noList();
    private List<String> remoteIpBlocks = Copies.noList();
    private List<String> notRemoteIpBlocks = Copies.noList();

    private Builder() {}

    public Builder principals(List<String> principals) {
      this.principals = principals;
      return this;
    }

    public Builder notPrincipals(List<String> notPrincipals) {
      this.notPrincipals = notPrincipals;
      return this;
    }

    public Builder requestPrincipals(List<String> requestPrincipals) {
      this.requestPrincipals = requestPrincipals;
      return this;
    }

    public Builder notRequestPrincipals(List<String> notRequestPrincipals) {
      this.notRequestPrincipals = notRequestPrincipals;
      return this;
    }

    public Builder namespaces(List<String> namespaces) {
      this.namespaces = namespaces;
      return this;
    }

    public Builder notNamespaces(List<String> notNamespaces) {
      this.notNamespaces = notNamespaces;
      return this;
    }

    public Builder serviceAccounts(List<String> serviceAccounts) {
      this.serviceAccounts = serviceAccounts;
      return this;
    }

    public Builder notServiceAccounts(List<String> notServiceAccounts) {
      this.notServiceAccounts = notServiceAccounts;
      return this;
    }

    public Builder trustDomains(List<String> trustDomains) {
      this.trustDomains = trustDomains;
      return this;
    }

    public Builder notTrustDomains(List<String> notTrustDomains) {
      this.notTrustDomains = notTrustDomains;
      return this;
    }

    public Builder ipBlocks(List<String> ipBlocks) {
      this.ipBlocks = ipBlocks;
      return this;
    }

    public Builder notIpBlocks(List<String> notIpBlocks) {
      this.notIpBlocks = notIpBlocks;
      return this;
    }

    public Builder remoteIpBlocks(List<String> remoteIpBlocks) {
      this.remoteIpBlocks = remoteIpBlocks;
      return this;
    }

    public Builder notRemoteIpBlocks(List<String> notRemoteIpBlocks) {
      this.notRemoteIpBlocks = notRemoteIpBlocks;
      return this;
    }

    public SourceMatch build() {
      return new SourceMatch(this);
    }
  }
}
