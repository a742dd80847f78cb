package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The endpoints of one upstream, in a stable order. */
public final class Endpoints {

  private final String name;
  private final List<EndpointInfo> endpoints;

  private Endpoints(Builder builder) {
    this.name = requireNonNull(builder.name, "name");
    this.endpoints = Copies.list(builder.endpoints);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.name = name;
    builder.endpoints = endpoints;
    return builder;
  }

  /** Name of the {@link Upstream}. */
  public String name() {
    return name;
  }

  public List<EndpointInfo> endpoints() {
    return endpoints;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Endpoints)) {
      return false;
    }
    Endpoints that = (Endpoints) other;
    return Objects.equals(name, that.name) && Objects.equals(endpoints, that.endpoints);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, endpoints);
  }

  @Override
  public String toString() {
    return "Endpoints{name=" + name + ", endpoints=" + endpoints + "}";
  }

  /** Builds {@link Endpoints}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String name = "";
    private List<EndpointInfo> endpoints = Copies.noList();

    private Builder() {}

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder endpoints(List<EndpointInfo> endpoints) {
      this.endpoints = endpoints;
      return this;
    }

    public Endpoints build() {
      return new Endpoints(this);
    }
  }
}
