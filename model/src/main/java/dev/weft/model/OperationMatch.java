package dev.weft.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a request does, as AuthorizationPolicy {@code to.operation}. Every list that is not empty
 * must match with one of its values, every {@code not} list with none.
 */
public final class OperationMatch {

  private final List<String> hosts;
  private final List<String> notHosts;
  private final List<String> ports;
  private final List<String> notPorts;
  private final List<String> methods;
  private final List<String> notMethods;
  private final List<String> paths;
  private final List<String> notPaths;

  private OperationMatch(Builder builder) {
    this.hosts = Copies.list(builder.hosts);
    this.notHosts = Copies.list(builder.notHosts);
    this.ports = Copies.list(builder.ports);
    this.notPorts = Copies.list(builder.notPorts);
    this.methods = Copies.list(builder.methods);
    this.notMethods = Copies.list(builder.notMethods);
    this.paths = Copies.list(builder.paths);
    this.notPaths = Copies.list(builder.notPaths);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.hosts = hosts;
    builder.notHosts = notHosts;
    builder.ports = ports;
    builder.notPorts = notPorts;
    builder.methods = methods;
    builder.notMethods = notMethods;
    builder.paths = paths;
    builder.notPaths = notPaths;
    return builder;
  }

  public List<String> hosts() {
    return hosts;
  }

  public List<String> notHosts() {
    return notHosts;
  }

  public List<String> ports() {
    return ports;
  }

  public List<String> notPorts() {
    return notPorts;
  }

  public List<String> methods() {
    return methods;
  }

  public List<String> notMethods() {
    return notMethods;
  }

  public List<String> paths() {
    return paths;
  }

  public List<String> notPaths() {
    return notPaths;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof OperationMatch)) {
      return false;
    }
    OperationMatch that = (OperationMatch) other;
    return Objects.equals(hosts, that.hosts)
        && Objects.equals(notHosts, that.notHosts)
        && Objects.equals(ports, that.ports)
        && Objects.equals(notPorts, that.notPorts)
        && Objects.equals(methods, that.methods)
        && Objects.equals(notMethods, that.notMethods)
        && Objects.equals(paths, that.paths)
        && Objects.equals(notPaths, that.notPaths);
  }

  @Override
  public int hashCode() {
    return Objects.hash(hosts, notHosts, ports, notPorts, methods, notMethods, paths, notPaths);
  }

  @Override
  public String toString() {
    return "OperationMatch{hosts="
        + hosts
        + ", notHosts="
        + notHosts
        + ", ports="
        + ports
        + ", notPorts="
        + notPorts
        + ", methods="
        + methods
        + ", notMethods="
        + notMethods
        + ", paths="
        + paths
        + ", notPaths="
        + notPaths
        + "}";
  }

  /** Builds {@link OperationMatch}; fields that are not set keep their documented default. */
  public static final class Builder {
    private List<String> hosts = Copies.noList();
    private List<String> notHosts = Copies.noList();
    private List<String> ports = Copies.noList();
    private List<String> notPorts = Copies.noList();
    private List<String> methods = Copies.noList();
    private List<String> notMethods = Copies.noList();
    private List<String> paths = Copies.noList();
    private List<String> notPaths = Copies.noList();

    private Builder() {}

    public Builder hosts(List<String> hosts) {
      this.hosts = hosts;
      return this;
    }

    public Builder notHosts(List<String> notHosts) {
      this.notHosts = notHosts;
      return this;
    }

    public Builder ports(List<String> ports) {
      this.ports = ports;
      return this;
    }

    public Builder notPorts(List<String> notPorts) {
      this.notPorts = notPorts;
      return this;
    }

    public Builder methods(List<String> methods) {
      this.methods = methods;
      return this;
    }

    public Builder notMethods(List<String> notMethods) {
      this.notMethods = notMethods;
      return this;
    }

    public Builder paths(List<String> paths) {
      this.paths = paths;
      return this;
    }

    public Builder notPaths(List<String> notPaths) {
      this.notPaths = notPaths;
      return this;
    }

    public OperationMatch build() {
      return new OperationMatch(this);
    }
  }
}
