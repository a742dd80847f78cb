package dev.weft.identity;

import static java.util.Objects.requireNonNull;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What people and metrics want to know of our identity, as it is now. Thread-safe. */
public final class IdentityReport {

  private final WorkloadIdentity identity;
  private final MeshTransport transport;
  private final @Nullable Rotation rotation;

  /**
   * @param rotation null where nobody gives us certificates
   */
  public IdentityReport(
      WorkloadIdentity identity, MeshTransport transport, @Nullable Rotation rotation) {
    this.identity = requireNonNull(identity, "identity");
    this.transport = requireNonNull(transport, "transport");
    this.rotation = rotation;
  }

  /** One certificate, for people. */
  public static final class Shown {
    /** SPIFFE ID of a workload's, subject of a root. */
    public final String name;

    /** In hex. */
    public final String serial;

    public final String issuer;

    /** ISO 8601. */
    public final String notBefore;

    /** ISO 8601. */
    public final String notAfter;

    Shown(String name, X509Certificate certificate) {
      this.name = name;
      this.serial = certificate.getSerialNumber().toString(16);
      this.issuer = certificate.getIssuerX500Principal().getName();
      this.notBefore = CertificateTime.text(CertificateTime.start(certificate));
      this.notAfter = CertificateTime.text(CertificateTime.end(certificate));
    }
  }

  /** Our own; null as long as there is none. */
  public @Nullable Shown own() {
    Credential own = identity.state().own;
    return own == null ? null : new Shown(own.id.text, own.certificate());
  }

  public List<Shown> roots() {
    Trust trust = identity.state().trust;
    List<Shown> shown = new ArrayList<>();
    if (trust != null) {
      for (X509Certificate root : trust.roots()) {
        shown.add(new Shown(root.getSubjectX500Principal().getName(), root));
      }
    }
    return shown;
  }

  /** Empty as long as it is not known. */
  public String trustDomain() {
    Trust trust = identity.state().trust;
    return trust == null ? "" : trust.trustDomain();
  }

  public Set<String> trustDomainAliases() {
    Trust trust = identity.state().trust;
    return trust == null ? Collections.<String>emptySet() : trust.aliases();
  }

  public int generation() {
    return identity.generation();
  }

  /** Until our certificate expires, negative when it has; NaN where there is none. */
  public double secondsToExpiry() {
    Credential own = identity.state().own;
    return own == null ? Double.NaN : (own.notAfter() - identity.millis()) / 1000.0;
  }

  /** ISO 8601; empty where none is planned, or one is under way. */
  public String nextRenewal() {
    long next = rotation == null ? 0 : rotation.nextMillis();
    return next == 0 ? "" : CertificateTime.text(next);
  }

  /** Certificates received, the first included. */
  public long renewals() {
    return rotation == null ? 0 : rotation.renewals();
  }

  public long failedRenewals() {
    return rotation == null ? 0 : rotation.failedRenewals();
  }

  /** Why the last request for a certificate failed; empty where it did not. */
  public String lastError() {
    return rotation == null ? "" : rotation.lastError();
  }

  /** Open connections with mutual TLS that were accepted, by the peer's identity. */
  public Map<String, Integer> openConnections() {
    return transport.openConnections();
  }

  /** Ports where the application terminates TLS itself. */
  public Set<Integer> ownTlsPorts() {
    return transport.ownTlsPorts();
  }
}
