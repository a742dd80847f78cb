package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One address of an upstream and what is known of the instance behind it. */
public final class EndpointInfo {

  private final String address;
  private final int port;
  private final int weight;
  private final String workload;
  private final String namespace;
  private final String canonicalService;
  private final String canonicalRevision;
  private final String identity;
  private final boolean mutualTls;
  private final String locality;

  private EndpointInfo(Builder builder) {
    this.address = requireNonNull(builder.address, "address");
    this.port = builder.port;
    this.weight = builder.weight;
    this.workload = requireNonNull(builder.workload, "workload");
    this.namespace = requireNonNull(builder.namespace, "namespace");
    this.canonicalService = requireNonNull(builder.canonicalService, "canonicalService");
    this.canonicalRevision = requireNonNull(builder.canonicalRevision, "canonicalRevision");
    this.identity = requireNonNull(builder.identity, "identity");
    this.mutualTls = builder.mutualTls;
    this.locality = requireNonNull(builder.locality, "locality");
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.address = address;
    builder.port = port;
    builder.weight = weight;
    builder.workload = workload;
    builder.namespace = namespace;
    builder.canonicalService = canonicalService;
    builder.canonicalRevision = canonicalRevision;
    builder.identity = identity;
    builder.mutualTls = mutualTls;
    builder.locality = locality;
    return builder;
  }

  /** IP literal, or a DNS name for services resolved by DNS. */
  public String address() {
    return address;
  }

  /** 0: the port that the caller addressed. */
  public int port() {
    return port;
  }

  /** At least 1. */
  public int weight() {
    return weight;
  }

  /** Name of the workload, for metrics; empty when unknown. */
  public String workload() {
    return workload;
  }

  public String namespace() {
    return namespace;
  }

  /** Label {@code destination_canonical_service}. */
  public String canonicalService() {
    return canonicalService;
  }

  /** Label {@code destination_canonical_revision}. */
  public String canonicalRevision() {
    return canonicalRevision;
  }

  /** SPIFFE URI; empty when it has none. */
  public String identity() {
    return identity;
  }

  /** Whether the instance accepts mutual TLS of the mesh on this port. */
  public boolean mutualTls() {
    return mutualTls;
  }

  /** {@code region/zone/subzone}; empty when unknown. */
  public String locality() {
    return locality;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof EndpointInfo)) {
      return false;
    }
    EndpointInfo that = (EndpointInfo) other;
    return Objects.equals(address, that.address)
        && port == that.port
        && weight == that.weight
        && Objects.equals(workload, that.workload)
        && Objects.equals(namespace, that.namespace)
        && Objects.equals(canonicalService, that.canonicalService)
        && Objects.equals(canonicalRevision, that.canonicalRevision)
        && Objects.equals(identity, that.identity)
        && mutualTls == that.mutualTls
        && Objects.equals(locality, that.locality);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        address,
        port,
        weight,
        workload,
        namespace,
        canonicalService,
        canonicalRevision,
        identity,
        mutualTls,
        locality);
  }

  @Override
  public String toString() {
    return "EndpointInfo{address="
        + address
        + ", port="
        + port
        + ", weight="
        + weight
        + ", workload="
        + workload
        + ", namespace="
        + namespace
        + ", canonicalService="
        + canonicalService
        + ", canonicalRevision="
        + canonicalRevision
        + ", identity="
        + identity
        + ", mutualTls="
        + mutualTls
        + ", locality="
        + locality
        + "}";
  }

  /** Builds {@link EndpointInfo}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String address = "";
    private int port;
    private int weight = 1;
    private String workload = "";
    private String namespace = "";
    private String canonicalService = "";
    private String canonicalRevision = "";
    private String identity = "";
    private boolean mutualTls;
    private String locality = "";

    private Builder() {}

    public Builder address(String address) {
      this.address = address;
      return this;
    }

    public Builder port(int port) {
      this.port = port;
      return this;
    }

    public Builder weight(int weight) {
      this.weight = weight;
      return this;
    }

    public Builder workload(String workload) {
      this.workload = workload;
      return this;
    }

    public Builder namespace(String namespace) {
      this.namespace = namespace;
      return this;
    }

    public Builder canonicalService(String canonicalService) {
      this.canonicalService = canonicalService;
      return this;
    }

    public Builder canonicalRevision(String canonicalRevision) {
      this.canonicalRevision = canonicalRevision;
      return this;
    }

    public Builder identity(String identity) {
      this.identity = identity;
      return this;
    }

    public Builder mutualTls(boolean mutualTls) {
      this.mutualTls = mutualTls;
      return this;
    }

    public Builder locality(String locality) {
      this.locality = locality;
      return this;
    }

    public EndpointInfo build() {
      return new EndpointInfo(this);
    }
  }
}
