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

  /** Everything at one moment, as plain data. */
  public static final class View {
    /** Our own; null as long as there is none. */
    public final @Nullable Shown own;

    /** Until it expires, negative when it has; NaN where there is none. */
    public final double secondsToExpiry;

    /** Changes whenever open connections must not be used again. */
    public final int generation;

    /** ISO 8601; empty where none is planned, or one is under way. */
    public final String nextRenewal;

    /** Certificates received, the first included. */
    public final long renewals;

    public final long failedRenewals;

    /** Why the last request for a certificate failed; empty where it did not. */
    public final String lastError;

    /** Empty as long as it is not known. */
    public final String trustDomain;

    public final Set<String> trustDomainAliases;
    public final List<Shown> roots;

    /** Open connections with mutual TLS that were accepted, by the peer's identity. */
    public final Map<String, Integer> openConnections;

    /** Ports where the application terminates TLS itself: mutual TLS is not applied there. */
    public final Set<Integer> portsWithTlsOfTheApplication;

    /** Connections that we refused to open, since they would not have been mutual TLS. */
    public final Map<String, Long> refusedConnections;

    private View(IdentityReport of) {
      TlsState state = of.identity.state();
      Rotation rotation = of.rotation;
      long next = rotation == null ? 0 : rotation.nextMillis();
      this.own = state.own == null ? null : new Shown(state.own.id.text, state.own.certificate());
      this.secondsToExpiry = of.secondsToExpiry();
      this.generation = state.generation;
      this.nextRenewal = next == 0 ? "" : CertificateTime.text(next);
      this.renewals = of.renewals();
      this.failedRenewals = of.failedRenewals();
      this.lastError = rotation == null ? "" : rotation.lastError();
      this.trustDomain = state.trust == null ? "" : state.trust.trustDomain();
      this.trustDomainAliases =
          state.trust == null ? Collections.<String>emptySet() : state.trust.aliases();
      this.roots = roots(state.trust);
      this.openConnections = of.transport.openConnections();
      this.portsWithTlsOfTheApplication = of.transport.ownTlsPorts();
      this.refusedConnections = of.refusedConnections();
    }

    private static List<Shown> roots(@Nullable Trust trust) {
      List<Shown> shown = new ArrayList<>();
      if (trust != null) {
        for (X509Certificate root : trust.roots()) {
          shown.add(new Shown(root.getSubjectX500Principal().getName(), root));
        }
      }
      return shown;
    }
  }

  public View view() {
    return new View(this);
  }

  /** Until our certificate expires, negative when it has; NaN where there is none. */
  public double secondsToExpiry() {
    Credential own = identity.state().own;
    return own == null ? Double.NaN : (own.notAfter() - identity.millis()) / 1000.0;
  }

  /** Certificates received, the first included. */
  public long renewals() {
    return rotation == null ? 0 : rotation.renewals();
  }

  public long failedRenewals() {
    return rotation == null ? 0 : rotation.failedRenewals();
  }

  /** Connections that we refused to open, since they would not have been mutual TLS, by reason. */
  public Map<String, Long> refusedConnections() {
    return transport.refusedConnections();
  }
}
