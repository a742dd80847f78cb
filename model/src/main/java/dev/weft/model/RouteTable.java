package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one authority means to one caller: the resource that an agent subscribes to.
 *
 * <p>{@link #name()} is {@code host:port} in lower case, the host as the application wrote it and
 * the port that it addressed (the scheme's default when it wrote none), for example {@code
 * reviews:80}.
 */
public final class RouteTable {

  private final String name;
  private final Disposition disposition;
  private final String service;
  private final String serviceNamespace;
  private final String source;
  private final List<Route> routes;

  private RouteTable(Builder builder) {
    this.name = requireNonNull(builder.name, "name");
    this.disposition = requireNonNull(builder.disposition, "disposition");
    this.service = requireNonNull(builder.service, "service");
    this.serviceNamespace = requireNonNull(builder.serviceNamespace, "serviceNamespace");
    this.source = requireNonNull(builder.source, "source");
    this.routes = Copies.list(builder.routes);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.name = name;
    builder.disposition = disposition;
    builder.service = service;
    builder.serviceNamespace = serviceNamespace;
    builder.source = source;
    builder.routes = routes;
    return builder;
  }

  public String name() {
    return name;
  }

  public Disposition disposition() {
    return disposition;
  }

  /** Host name of the service that the name resolved to; empty when unknown to the mesh. */
  public String service() {
    return service;
  }

  /** Namespace of that service; empty when unknown. */
  public String serviceNamespace() {
    return serviceNamespace;
  }

  /**
   * The VirtualService that made the routes, {@code namespace/name}; empty for the default route.
   */
  public String source() {
    return source;
  }

  /** In order; the first match wins. Empty unless ROUTED. */
  public List<Route> routes() {
    return routes;
  }

  /** What becomes of requests to this authority. */
  public enum Disposition {
    /** By {@link RouteTable#routes()}; no match is a 404 {@code NR}. */
    ROUTED,
    /** Unknown to the mesh: sent as if there were no agent, and measured. */
    PASS_THROUGH,
    /** Unknown to the mesh under REGISTRY_ONLY: 502. */
    BLOCKED
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof RouteTable)) {
      return false;
    }
    RouteTable that = (RouteTable) other;
    return Objects.equals(name, that.name)
        && Objects.equals(disposition, that.disposition)
        && Objects.equals(service, that.service)
        && Objects.equals(serviceNamespace, that.serviceNamespace)
        && Objects.equals(source, that.source)
        && Objects.equals(routes, that.routes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, disposition, service, serviceNamespace, source, routes);
  }

  @Override
  public String toString() {
    return "RouteTable{name="
        + name
        + ", disposition="
        + disposition
        + ", service="
        + service
        + ", serviceNamespace="
        + serviceNamespace
        + ", source="
        + source
        + ", routes="
        + routes
        + "}";
  }

  /** Builds {@link RouteTable}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String name = "";
    private Disposition disposition = Disposition.ROUTED;
    private String service = "";
    private String serviceNamespace = "";
    private String source = "";
    private List<Route> routes = Copies.noList();

    private Builder() {}

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder disposition(Disposition disposition) {
      this.disposition = disposition;
      return this;
    }

    public Builder service(String service) {
      this.service = service;
      return this;
    }

    public Builder serviceNamespace(String serviceNamespace) {
      this.serviceNamespace = serviceNamespace;
      return this;
    }

    public Builder source(String source) {
      this.source = source;
      return this;
    }

    public Builder routes(List<Route> routes) {
      this.routes = routes;
      return this;
    }

    public RouteTable build() {
      return new RouteTable(this);
    }
  }
}
