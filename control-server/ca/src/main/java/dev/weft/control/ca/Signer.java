package dev.weft.control.ca;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A key that certificates are signed with, and the way from them to a root. Immutable.
 *
 * @param key of the first certificate of {@code chain}; where that is empty, of {@code root}
 * @param chain from the signing certificate up to below the root; empty when the root itself signs
 * @param root where the chain ends
 * @param origin the file that it comes from
 * @param plugged whether the operator put it in; what was made here can be retired here
 * @param signsFrom not before this while another signer is there
 */
record Signer(
    PrivateKey key,
    List<X509Certificate> chain,
    X509Certificate root,
    String origin,
    boolean plugged,
    Instant signsFrom) {

  /** Clocks differ; certificates count from a little earlier. Short ones from less early. */
  private static final Duration MAX_BACKDATE = Duration.ofMinutes(5);

  private static final SecureRandom RANDOM = new SecureRandom();

  Signer {
    requireNonNull(key, "key");
    chain = List.copyOf(chain);
    requireNonNull(root, "root");
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Signer[" + origin + "]";
  }

  /** What is between a certificate of ours and the root, and the root. */
  List<X509Certificate> chainAndRoot() {
    List<X509Certificate> all = new ArrayList<>(chain);
    all.add(root);
    return List.copyOf(all);
  }

  private X509Certificate issuer() {
    return chain.isEmpty() ? root : chain.get(0);
  }

  /** When the first certificate of the chain expires, root included. */
  Instant expires() {
    Instant earliest = root.getNotAfter().toInstant();
    for (X509Certificate certificate : chain) {
      Instant end = certificate.getNotAfter().toInstant();
      earliest = end.isBefore(earliest) ? end : earliest;
    }
    return earliest;
  }

  /**
   * A certificate for {@code subject}, whose names are {@code names} and nothing else. It does not
   * outlive this signer.
   *
   * @throws CaException when this signer has expired
   */
  X509Certificate issue(PublicKey subject, List<GeneralName> names, Duration ttl, Instant now) {
    Instant end = now.plus(ttl);
    end = end.isAfter(expires()) ? expires() : end;
    if (!end.isAfter(now)) {
      throw new CaException(origin + ": the authority's certificate expired at " + expires());
    }
    Duration tenth = ttl.dividedBy(10);
    Instant start = now.minus(tenth.compareTo(MAX_BACKDATE) < 0 ? tenth : MAX_BACKDATE);
    int usage = KeyUsage.digitalSignature;
    if (subject.getAlgorithm().equals("RSA")) {
      usage |= KeyUsage.keyEncipherment;
    }
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  nameOf(issuer()),
                  newSerial(),
                  Date.from(start),
                  Date.from(end),
                  new X500Name(new org.bouncycastle.asn1.x500.RDN[0]),
                  subject)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(usage))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(
                      new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                      }))
              // Critical, as RFC 5280 wants it where the subject is empty.
              .addExtension(
                  Extension.subjectAlternativeName,
                  true,
                  new GeneralNames(names.toArray(new GeneralName[0])))
              .addExtension(Extension.authorityKeyIdentifier, false, keyIdOf(issuer()));
      return sign(builder, key);
    } catch (GeneralSecurityException | CertIOException e) {
      throw new CaException(origin + ": signing failed: " + Pem.why(e), e);
    }
  }

  /** By key alone: an authority whose certificate is renewed stays the same authority. */
  private static AuthorityKeyIdentifier keyIdOf(X509Certificate issuer)
      throws GeneralSecurityException {
    return new AuthorityKeyIdentifier(
        new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer).getKeyIdentifierOctets());
  }

  static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder(signatureAlgorithm(key)).build(key)));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new CaException("signing failed: " + Pem.why(e), e);
    }
  }

  /** By the strength of the key, as RFC 5480 pairs curves and hashes. */
  static String signatureAlgorithm(Key key) {
    if (key instanceof ECKey ec) {
      int bits = ec.getParams().getOrder().bitLength();
      return bits <= 256 ? "SHA256withECDSA" : bits <= 384 ? "SHA384withECDSA" : "SHA512withECDSA";
    }
    if (key.getAlgorithm().equals("RSA")) {
      return "SHA256withRSA";
    }
    throw new CaException(
        "a key of algorithm " + key.getAlgorithm() + " (expected: EC or RSA) cannot sign");
  }

  /** As the bytes stand in the certificate: an issuer must equal its subject to the letter. */
  static X500Name nameOf(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  static BigInteger newSerial() {
    return new BigInteger(127, RANDOM).setBit(126);
  }

  /** Whether {@code path}, the workload's own certificate first, leads to one of {@code roots}. */
  static void verify(List<X509Certificate> path, Set<X509Certificate> roots, Instant now)
      throws GeneralSecurityException {
    Set<TrustAnchor> anchors = new java.util.HashSet<>();
    roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
    PKIXParameters parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
  }
}
