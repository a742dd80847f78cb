package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One destination with its policy: what Envoy calls a cluster.
 *
 * <p>{@link #name()} is Istio's {@code outbound|port|subset|host}. The {@link Endpoints} of the
 * same name belong to it.
 */
public final class Upstream {

  private final String name;
  private final String service;
  private final String serviceNamespace;
  private final String subset;
  private final int port;
  private final String protocol;
  private final LoadBalancer loadBalancer;
  private final ConnectionPool connectionPool;
  private final @Nullable OutlierDetection outlierDetection;
  private final @Nullable RetryBudget retryBudget;
  private final TlsMode tlsMode;
  private final String sni;
  private final Set<String> subjectAltNames;
  private final String caCertificates;
  private final String clientCertificate;
  private final String privateKey;
  private final boolean insecureSkipVerify;

  private Upstream(Builder builder) {
    this.name = requireNonNull(builder.name, "name");
    this.service = requireNonNull(builder.service, "service");
    this.serviceNamespace = requireNonNull(builder.serviceNamespace, "serviceNamespace");
    this.subset = requireNonNull(builder.subset, "subset");
    this.port = builder.port;
    this.protocol = requireNonNull(builder.protocol, "protocol");
    this.loadBalancer = requireNonNull(builder.loadBalancer, "loadBalancer");
    this.connectionPool = requireNonNull(builder.connectionPool, "connectionPool");
    this.outlierDetection = builder.outlierDetection;
    this.retryBudget = builder.retryBudget;
    this.tlsMode = requireNonNull(builder.tlsMode, "tlsMode");
    this.sni = requireNonNull(builder.sni, "sni");
    this.subjectAltNames = Copies.set(builder.subjectAltNames);
    this.caCertificates = requireNonNull(builder.caCertificates, "caCertificates");
    this.clientCertificate = requireNonNull(builder.clientCertificate, "clientCertificate");
    this.privateKey = requireNonNull(builder.privateKey, "privateKey");
    this.insecureSkipVerify = builder.insecureSkipVerify;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.name = name;
    builder.service = service;
    builder.serviceNamespace = serviceNamespace;
    builder.subset = subset;
    builder.port = port;
    builder.protocol = protocol;
    builder.loadBalancer = loadBalancer;
    builder.connectionPool = connectionPool;
    builder.outlierDetection = outlierDetection;
    builder.retryBudget = retryBudget;
    builder.tlsMode = tlsMode;
    builder.sni = sni;
    builder.subjectAltNames = subjectAltNames;
    builder.caCertificates = caCertificates;
    builder.clientCertificate = clientCertificate;
    builder.privateKey = privateKey;
    builder.insecureSkipVerify = insecureSkipVerify;
    return builder;
  }

  public String name() {
    return name;
  }

  /** Host name of the service, for example {@code reviews.default.svc.cluster.local}. */
  public String service() {
    return service;
  }

  public String serviceNamespace() {
    return serviceNamespace;
  }

  /** Empty for the whole service. */
  public String subset() {
    return subset;
  }

  /** Service port; 0 where the service has no declared ports. */
  public int port() {
    return port;
  }

  /**
   * What is spoken on that port, in upper case: {@code HTTP}, {@code HTTP2}, {@code GRPC}, {@code
   * HTTPS}, {@code TLS}, {@code TCP}, {@code MYSQL} and so on; empty when nobody says.
   */
  public String protocol() {
    return protocol;
  }

  public LoadBalancer loadBalancer() {
    return loadBalancer;
  }

  public ConnectionPool connectionPool() {
    return connectionPool;
  }

  /** Null: no passive health checking, and panic at 50 %. */
  public @Nullable OutlierDetection outlierDetection() {
    return outlierDetection;
  }

  /** Null: {@link ConnectionPool#maxRetries()} alone bounds retries. */
  public @Nullable RetryBudget retryBudget() {
    return retryBudget;
  }

  /** From DestinationRule {@code tls.mode}; AUTO where it says nothing. */
  public TlsMode tlsMode() {
    return tlsMode;
  }

  /** From DestinationRule {@code tls.sni}; empty for the default. */
  public String sni() {
    return sni;
  }

  /**
   * Expected identities that replace those of the endpoints; for SIMPLE and MUTUAL the names that
   * the certificate must have one of. Empty for none.
   */
  public Set<String> subjectAltNames() {
    return subjectAltNames;
  }

  /** SIMPLE and MUTUAL: a PEM file on the agent's machine; empty for the roots of its JVM. */
  public String caCertificates() {
    return caCertificates;
  }

  /** MUTUAL: a PEM file on the agent's machine. */
  public String clientCertificate() {
    return clientCertificate;
  }

  /** MUTUAL: a PEM file on the agent's machine. */
  public String privateKey() {
    return privateKey;
  }

  /** SIMPLE and MUTUAL: takes any certificate. */
  public boolean insecureSkipVerify() {
    return insecureSkipVerify;
  }

  /** How an endpoint is chosen. */
  public enum LoadBalancer {
    /** Power of two choices on active requests; weighted where weights differ. */
    LEAST_REQUEST,
    ROUND_ROBIN,
    RANDOM
  }

  /** Transport to the endpoints, as DestinationRule names it. */
  public enum TlsMode {
    /** No tls block: mutual TLS where the endpoint supports it. */
    AUTO,
    DISABLE,
    SIMPLE,
    MUTUAL,
    ISTIO_MUTUAL
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Upstream)) {
      return false;
    }
    Upstream that = (Upstream) other;
    return Objects.equals(name, that.name)
        && Objects.equals(service, that.service)
        && Objects.equals(serviceNamespace, that.serviceNamespace)
        && Objects.equals(subset, that.subset)
        && port == that.port
        && Objects.equals(protocol, that.protocol)
        && Objects.equals(loadBalancer, that.loadBalancer)
        && Objects.equals(connectionPool, that.connectionPool)
        && Objects.equals(outlierDetection, that.outlierDetection)
        && Objects.equals(retryBudget, that.retryBudget)
        && Objects.equals(tlsMode, that.tlsMode)
        && Objects.equals(sni, that.sni)
        && Objects.equals(subjectAltNames, that.subjectAltNames)
        && Objects.equals(caCertificates, that.caCertificates)
        && Objects.equals(clientCertificate, that.clientCertificate)
        && Objects.equals(privateKey, that.privateKey)
        && insecureSkipVerify == that.insecureSkipVerify;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        name,
        service,
        serviceNamespace,
        subset,
        port,
        protocol,
        loadBalancer,
        connectionPool,
        outlierDetection,
        retryBudget,
        tlsMode,
        sni,
        subjectAltNames,
        caCertificates,
        clientCertificate,
        privateKey,
        insecureSkipVerify);
  }

  @Override
  public String toString() {
    return "Upstream{name="
        + name
        + ", service="
        + service
        + ", serviceNamespace="
        + serviceNamespace
        + ", subset="
        + subset
        + ", port="
        + port
        + ", protocol="
        + protocol
        + ", loadBalancer="
        + loadBalancer
        + ", connectionPool="
        + connectionPool
        + ", outlierDetection="
        + outlierDetection
        + ", retryBudget="
        + retryBudget
        + ", tlsMode="
        + tlsMode
        + ", sni="
        + sni
        + ", subjectAltNames="
        + subjectAltNames
        + ", caCertificates="
        + caCertificates
        + ", clientCertificate="
        + clientCertificate
        + ", privateKey="
        + privateKey
        + ", insecureSkipVerify="
        + insecureSkipVerify
        + "}";
  }

  /** Builds {@link Upstream}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String name = "";
    private String service = "";
    private String serviceNamespace = "";
    private String subset = "";
    private int port;
    private String protocol = "";
    private LoadBalancer loadBalancer = LoadBalancer.LEAST_REQUEST;
    private ConnectionPool connectionPool = ConnectionPool.UNLIMITED;
    private @Nullable OutlierDetection outlierDetection;
    private @Nullable RetryBudget retryBudget;
    private TlsMode tlsMode = TlsMode.AUTO;
    private String sni = "";
    private Set<String> subjectAltNames = Copies.noSet();
    private String caCertificates = "";
    private String clientCertificate = "";
    private String privateKey = "";
    private boolean insecureSkipVerify;

    private Builder() {}

    public Builder name(String name) {
      this.name = name;
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

    public Builder subset(String subset) {
      this.subset = subset;
      return this;
    }

    public Builder port(int port) {
      this.port = port;
      return this;
    }

    public Builder protocol(String protocol) {
      this.protocol = protocol;
      return this;
    }

    public Builder loadBalancer(LoadBalancer loadBalancer) {
      this.loadBalancer = loadBalancer;
      return this;
    }

    public Builder connectionPool(ConnectionPool connectionPool) {
      this.connectionPool = connectionPool;
      return this;
    }

    public Builder outlierDetection(@Nullable OutlierDetection outlierDetection) {
      this.outlierDetection = outlierDetection;
      return this;
    }

    public Builder retryBudget(@Nullable RetryBudget retryBudget) {
      this.retryBudget = retryBudget;
      return this;
    }

    public Builder tlsMode(TlsMode tlsMode) {
      this.tlsMode = tlsMode;
      return this;
    }

    public Builder sni(String sni) {
      this.sni = sni;
      return this;
    }

    public Builder subjectAltNames(Set<String> subjectAltNames) {
      this.subjectAltNames = subjectAltNames;
      return this;
    }

    public Builder caCertificates(String caCertificates) {
      this.caCertificates = caCertificates;
      return this;
    }

    public Builder clientCertificate(String clientCertificate) {
      this.clientCertificate = clientCertificate;
      return this;
    }

    public Builder privateKey(String privateKey) {
      this.privateKey = privateKey;
      return this;
    }

    public Builder insecureSkipVerify(boolean insecureSkipVerify) {
      this.insecureSkipVerify = insecureSkipVerify;
      return this;
    }

    public Upstream build() {
      return new Upstream(this);
    }
  }
}
