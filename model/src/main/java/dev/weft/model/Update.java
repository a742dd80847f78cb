package dev.weft.model;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of changes that belong together: applied all at once, or kept out one by one where a
 * resource is invalid. Resources that are not named stay as they are.
 */
public final class Update {

  private final List<RouteTable> routeTables;
  private final List<Upstream> upstreams;
  private final List<Endpoints> endpoints;
  private final @Nullable InboundPolicy inboundPolicy;
  private final @Nullable TrustBundle trustBundle;
  private final Set<String> removedRouteTables;
  private final Set<String> removedUpstreams;

  private Update(Builder builder) {
    this.routeTables = Copies.list(builder.routeTables);
    this.upstreams = Copies.list(builder.upstreams);
    this.endpoints = Copies.list(builder.endpoints);
    this.inboundPolicy = builder.inboundPolicy;
    this.trustBundle = builder.trustBundle;
    this.removedRouteTables = Copies.set(builder.removedRouteTables);
    this.removedUpstreams = Copies.set(builder.removedUpstreams);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.routeTables = routeTables;
    builder.upstreams = upstreams;
    builder.endpoints = endpoints;
    builder.inboundPolicy = inboundPolicy;
    builder.trustBundle = trustBundle;
    builder.removedRouteTables = removedRouteTables;
    builder.removedUpstreams = removedUpstreams;
    return builder;
  }

  public List<RouteTable> routeTables() {
    return routeTables;
  }

  public List<Upstream> upstreams() {
    return upstreams;
  }

  public List<Endpoints> endpoints() {
    return endpoints;
  }

  /** Null: as it was. */
  public @Nullable InboundPolicy inboundPolicy() {
    return inboundPolicy;
  }

  /** Null: as it was. */
  public @Nullable TrustBundle trustBundle() {
    return trustBundle;
  }

  /** Names. */
  public Set<String> removedRouteTables() {
    return removedRouteTables;
  }

  /** Names; their endpoints go with them. */
  public Set<String> removedUpstreams() {
    return removedUpstreams;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Update)) {
      return false;
    }
    Update that = (Update) other;
    return Objects.equals(routeTables, that.routeTables)
        && Objects.equals(upstreams, that.upstreams)
        && Objects.equals(endpoints, that.endpoints)
        && Objects.equals(inboundPolicy, that.inboundPolicy)
        && Objects.equals(trustBundle, that.trustBundle)
        && Objects.equals(removedRouteTables, that.removedRouteTables)
        && Objects.equals(removedUpstreams, that.removedUpstreams);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        routeTables,
        upstreams,
        endpoints,
        inboundPolicy,
        trustBundle,
        removedRouteTables,
        removedUpstreams);
  }

  @Override
  public String toString() {
    return "Update{routeTables="
        + routeTables
        + ", upstreams="
        + upstreams
        + ", endpoints="
        + endpoints
        + ", inboundPolicy="
        + inboundPolicy
        + ", trustBundle="
        + trustBundle
        + ", removedRouteTables="
        + removedRouteTables
        + ", removedUpstreams="
        + removedUpstreams
        + "}";
  }

  /** Builds {@link Update}; fields that are not set keep their documented default. */
  public static final class Builder {
    private List<RouteTable> routeTables = Copies.noList();
    private List<Upstream> upstreams = Copies.noList();
    private List<Endpoints> endpoints = Copies.noList();
    private @Nullable InboundPolicy inboundPolicy;
    private @Nullable TrustBundle trustBundle;
    private Set<String> removedRouteTables = Copies.noSet();
    private Set<String> removedUpstreams = Copies.noSet();

    private Builder() {}

    public Builder routeTables(List<RouteTable> routeTables) {
      this.routeTables = routeTables;
      return this;
    }

    public Builder upstreams(List<Upstream> upstreams) {
      this.upstreams = upstreams;
      return this;
    }

    public Builder endpoints(List<Endpoints> endpoints) {
      this.endpoints = endpoints;
      return this;
    }

    public Builder inboundPolicy(@Nullable InboundPolicy inboundPolicy) {
      this.inboundPolicy = inboundPolicy;
      return this;
    }

    public Builder trustBundle(@Nullable TrustBundle trustBundle) {
      this.trustBundle = trustBundle;
      return this;
    }

    public Builder removedRouteTables(Set<String> removedRouteTables) {
      this.removedRouteTables = removedRouteTables;
      return this;
    }

    public Builder removedUpstreams(Set<String> removedUpstreams) {
      this.removedUpstreams = removedUpstreams;
      return this;
    }

    public Update build() {
      return new Update(this);
    }
  }
}
