package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an agent says of the instance that it runs in; the life of its stream is the lease. */
public final class Registration {

  private final String instanceId;
  private final String service;
  private final String namespace;
  private final String serviceAccount;
  private final String workload;
  private final String address;
  private final List<Port> ports;
  private final Map<String, String> labels;
  private final String locality;
  private final State state;
  private final String agentVersion;
  private final String javaVersion;
  private final List<String> adapters;
  private final List<String> libraries;
  private final List<String> refusals;

  private Registration(Builder builder) {
    this.instanceId = requireNonNull(builder.instanceId, "instanceId");
    this.service = requireNonNull(builder.service, "service");
    this.namespace = requireNonNull(builder.namespace, "namespace");
    this.serviceAccount = requireNonNull(builder.serviceAccount, "serviceAccount");
    this.workload = requireNonNull(builder.workload, "workload");
    this.address = requireNonNull(builder.address, "address");
    this.ports = Copies.list(builder.ports);
    this.labels = Copies.map(builder.labels);
    this.locality = requireNonNull(builder.locality, "locality");
    this.state = requireNonNull(builder.state, "state");
    this.agentVersion = requireNonNull(builder.agentVersion, "agentVersion");
    this.javaVersion = requireNonNull(builder.javaVersion, "javaVersion");
    this.adapters = Copies.list(builder.adapters);
    this.libraries = Copies.list(builder.libraries);
    this.refusals = Copies.list(builder.refusals);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.instanceId = instanceId;
    builder.service = service;
    builder.namespace = namespace;
    builder.serviceAccount = serviceAccount;
    builder.workload = workload;
    builder.address = address;
    builder.ports = ports;
    builder.labels = labels;
    builder.locality = locality;
    builder.state = state;
    builder.agentVersion = agentVersion;
    builder.javaVersion = javaVersion;
    builder.adapters = adapters;
    builder.libraries = libraries;
    builder.refusals = refusals;
    return builder;
  }

  /** Unique per JVM start. */
  public String instanceId() {
    return instanceId;
  }

  /** Short service name, for example {@code reviews}. */
  public String service() {
    return service;
  }

  public String namespace() {
    return namespace;
  }

  public String serviceAccount() {
    return serviceAccount;
  }

  /** Name shown in metrics and status. */
  public String workload() {
    return workload;
  }

  /** IP address under which other instances reach it. */
  public String address() {
    return address;
  }

  /** Ports that its servers opened. */
  public List<Port> ports() {
    return ports;
  }

  public Map<String, String> labels() {
    return labels;
  }

  /** {@code region/zone/subzone}; empty when unknown. */
  public String locality() {
    return locality;
  }

  public State state() {
    return state;
  }

  public String agentVersion() {
    return agentVersion;
  }

  public String javaVersion() {
    return javaVersion;
  }

  /** One line per adapter: name and state. */
  public List<String> adapters() {
    return adapters;
  }

  /** One line per HTTP library that the instance has loaded: what it is, and who governs it. */
  public List<String> libraries() {
    return libraries;
  }

  /** To whom it refused to open connections of late, and why, one line each. */
  public List<String> refusals() {
    return refusals;
  }

  /** Readiness of the instance, as it reports it. */
  public enum State {
    STARTING,
    READY,
    DRAINING
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Registration)) {
      return false;
    }
    Registration that = (Registration) other;
    return Objects.equals(instanceId, that.instanceId)
        && Objects.equals(service, that.service)
        && Objects.equals(namespace, that.namespace)
        && Objects.equals(serviceAccount, that.serviceAccount)
        && Objects.equals(workload, that.workload)
        && Objects.equals(address, that.address)
        && Objects.equals(ports, that.ports)
        && Objects.equals(labels, that.labels)
        && Objects.equals(locality, that.locality)
        && Objects.equals(state, that.state)
        && Objects.equals(agentVersion, that.agentVersion)
        && Objects.equals(javaVersion, that.javaVersion)
        && Objects.equals(adapters, that.adapters)
        && Objects.equals(libraries, that.libraries)
        && Objects.equals(refusals, that.refusals);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        instanceId,
        service,
        namespace,
        serviceAccount,
        workload,
        address,
        ports,
        labels,
        locality,
        state,
        agentVersion,
        javaVersion,
        adapters,
        libraries,
        refusals);
  }

  @Override
  public String toString() {
    return "Registration{instanceId="
        + instanceId
        + ", service="
        + service
        + ", namespace="
        + namespace
        + ", serviceAccount="
        + serviceAccount
        + ", workload="
        + workload
        + ", address="
        + address
        + ", ports="
        + ports
        + ", labels="
        + labels
        + ", locality="
        + locality
        + ", state="
        + state
        + ", agentVersion="
        + agentVersion
        + ", javaVersion="
        + javaVersion
        + ", adapters="
        + adapters
        + ", libraries="
        + libraries
        + ", refusals="
        + refusals
        + "}";
  }

  /** Builds {@link Registration}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String instanceId = "";
    private String service = "";
    private String namespace = "";
    private String serviceAccount = "";
    private String workload = "";
    private String address = "";
    private List<Port> ports = Copies.noList();
    private Map<String, String> labels = Copies.noMap();
    private String locality = "";
    private State state = State.STARTING;
    private String agentVersion = "";
    private String javaVersion = "";
    private List<String> adapters = Copies.noList();
    private List<String> libraries = Copies.noList();
    private List<String> refusals = Copies.noList();

    private Builder() {}

    public Builder instanceId(String instanceId) {
      this.instanceId = instanceId;
      return this;
    }

    public Builder service(String service) {
      this.service = service;
      return this;
    }

    public Builder namespace(String namespace) {
      this.namespace = namespace;
      return this;
    }

    public Builder serviceAccount(String serviceAccount) {
      this.serviceAccount = serviceAccount;
      return this;
    }

    public Builder workload(String workload) {
      this.workload = workload;
      return this;
    }

    public Builder address(String address) {
      this.address = address;
      return this;
    }

    public Builder ports(List<Port> ports) {
      this.ports = ports;
      return this;
    }

    public Builder labels(Map<String, String> labels) {
      this.labels = labels;
      return this;
    }

    public Builder locality(String locality) {
      this.locality = locality;
      return this;
    }

    public Builder state(State state) {
      this.state = state;
      return this;
    }

    public Builder agentVersion(String agentVersion) {
      this.agentVersion = agentVersion;
      return this;
    }

    public Builder javaVersion(String javaVersion) {
      this.javaVersion = javaVersion;
      return this;
    }

    public Builder adapters(List<String> adapters) {
      this.adapters = adapters;
      return this;
    }

    public Builder libraries(List<String> libraries) {
      this.libraries = libraries;
      return this;
    }

    public Builder refusals(List<String> refusals) {
      this.refusals = refusals;
      return this;
    }

    public Registration build() {
      return new Registration(this);
    }
  }
}
