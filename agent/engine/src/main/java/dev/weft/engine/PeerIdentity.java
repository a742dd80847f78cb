package dev.weft.engine;

import static java.util.Objects.requireNonNull;

/** Who the other end of a mutual-TLS connection has proven to be. Immutable. */
public final class PeerIdentity {

  /** {@code spiffe://trust-domain/ns/namespace/sa/service-account}. */
  public final String id;

  /** SHA-256 of the certificate, in lower-case hex. */
  public final String certificateHash;

  /** The certificate's subject as RFC 2253 writes it; nearly always empty. */
  public final String subject;

  public PeerIdentity(String id, String certificateHash, String subject) {
    this.id = requireNonNull(id, "id");
    this.certificateHash = requireNonNull(certificateHash, "certificateHash");
    this.subject = requireNonNull(subject, "subject");
  }

  @Override
  public String toString() {
    return id;
  }
}
