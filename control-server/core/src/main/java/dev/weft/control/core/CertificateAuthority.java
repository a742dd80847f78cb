package dev.weft.control.core;

import java.time.Instant;
import java.util.List;

/** What may be asked of the certificate authority by whoever is not a workload. Thread-safe. */
public interface CertificateAuthority extends TrustSource {

  /**
   * A root that is trusted.
   *
   * @param pin SHA-256 of its DER, base64url: what a join token says of it
   * @param origin where it comes from: a file
   * @param role what it does now
   * @param signsFrom when it began, or will begin, to sign the certificates of workloads; equal to
   *     {@code notBefore} where that is not known
   */
  record Root(
      String pin,
      String subject,
      Instant notBefore,
      Instant notAfter,
      String origin,
      Role role,
      Instant signsFrom) {}

  /** What a root does. */
  enum Role {
    /** Certificates of workloads are signed under it. */
    SIGNS,
    /** It will sign in a moment, when the agents know it. */
    NEXT,
    /** It is trusted, and will be until it is retired. */
    TRUSTED
  }

  /** The trusted roots, oldest first. */
  List<Root> roots();

  /** The root that the control server's own certificate leads to, as a join token pins it. */
  String pin();

  /**
   * Makes a new root. It is trusted at once, and signs as soon as the agents had time to hear of
   * it.
   *
   * @throws Refused CONFLICT when the authority is plugged in, or a rotation is under way
   */
  Root rotate() throws Refused;

  /**
   * Drops all roots but the one that signs.
   *
   * @param force also when certificates or join tokens that depend on them may be in use
   * @return what was dropped
   * @throws Refused CONFLICT, with the reason, when that would hurt and force was not used
   */
  List<Root> retire(boolean force) throws Refused;

  /** Certificates of workloads that were issued since the process started. */
  long issued();

  /** Requests for a certificate that were refused since the process started. */
  long refused();
}
