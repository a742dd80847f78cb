package dev.weft.control.ca;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.DefaultAlgorithmNameFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * What counts of a request for a certificate: its public key, of which the sender proved that it
 * has the private one. Names in it are not even read.
 */
record CertificateRequest(PublicKey key) {

  private static final int MAX_CHARS = 16 * 1024;
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final BigInteger MIN_RSA_EXPONENT = BigInteger.valueOf(65537);
  private static final Set<ASN1ObjectIdentifier> CURVES =
      Set.of(
          SECObjectIdentifiers.secp256r1,
          SECObjectIdentifiers.secp384r1,
          SECObjectIdentifiers.secp521r1);

  /** A request that gets no certificate, whoever sends it; the message says why. */
  static final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    BadRequest(String message) {
      super(message);
    }
  }

  /**
   * @throws BadRequest with what is wrong and what was expected
   */
  static CertificateRequest parse(String pem) throws BadRequest {
    if (pem.length() > MAX_CHARS) {
      throw wrong(pem.length() + " characters", "at most " + MAX_CHARS);
    }
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      // Bouncy Castle tells of wrong contents in several ways of its own.
      if (!(parser.readObject() instanceof PKCS10CertificationRequest request)) {
        throw wrong("something else", "a PKCS #10 request in PEM");
      }
      requireNamedCurve(request.getSubjectPublicKeyInfo());
      PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
      requireStrong(key);
      requireSound(request);
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw wrong("a signature of another key", "a signature that proves who has the key");
      }
      return new CertificateRequest(key);
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      throw wrong("not readable", "a PKCS #10 request in PEM with an EC or RSA key");
    }
  }

  /** Tells one key from another; for the count of what a token was used for. */
  String fingerprint() {
    return java.util.HexFormat.of().formatHex(Pem.sha256(key.getEncoded()));
  }

  private static void requireNamedCurve(SubjectPublicKeyInfo info) throws BadRequest {
    if (!info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return;
    }
    if (!(info.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve)
        || !CURVES.contains(curve)) {
      throw wrong("an EC key on another curve", "P-256, P-384 or P-521");
    }
  }

  private static void requireStrong(PublicKey key) throws BadRequest {
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
        throw wrong(
            "an RSA key of " + bits + " bits", MIN_RSA_BITS + " to " + MAX_RSA_BITS + " bits");
      }
      if (rsa.getPublicExponent().compareTo(MIN_RSA_EXPONENT) < 0) {
        throw wrong(
            "an RSA key with exponent " + rsa.getPublicExponent(), "at least " + MIN_RSA_EXPONENT);
      }
    } else if (!(key instanceof ECPublicKey)) {
      throw wrong("a key of algorithm " + key.getAlgorithm(), "EC or RSA");
    }
  }

  private static void requireSound(PKCS10CertificationRequest request) throws BadRequest {
    String algorithm =
        new DefaultAlgorithmNameFinder()
            .getAlgorithmName(request.getSignatureAlgorithm())
            .toUpperCase(Locale.ROOT);
    if (!algorithm.contains("SHA256")
        && !algorithm.contains("SHA384")
        && !algorithm.contains("SHA512")) {
      throw wrong("a signature by " + algorithm, "by SHA-256, SHA-384 or SHA-512");
    }
  }

  private static BadRequest wrong(String what, String expected) {
    return new BadRequest("csr: " + what + " (expected: " + expected + ")");
  }
}
