package dev.weft.control.ca;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * An authority of the operator, from a directory with Istio's names: {@code ca-cert.pem} and {@code
 * ca-key.pem} sign, {@code cert-chain.pem} leads from there to {@code root-cert.pem}. Everything is
 * checked before it is used, and what is wrong is said with the name of the file.
 *
 * @param roots all of {@code root-cert.pem}; the first may be on its way out
 */
record PluggedAuthority(Signer signer, List<X509Certificate> roots) {

  private static final int MIN_RSA_BITS = 2048;
  private static final int KEY_CERT_SIGN = 5;

  static PluggedAuthority load(Path directory, Duration delay, Instant now) {
    if (!Files.isDirectory(directory)) {
      throw new CaException(
          "--ca-dir "
              + directory
              + " (expected: a directory with ca-cert.pem, ca-key.pem, root-cert.pem,"
              + " cert-chain.pem)");
    }
    Path certFile = directory.resolve("ca-cert.pem");
    Path keyFile = directory.resolve("ca-key.pem");
    Path rootFile = directory.resolve("root-cert.pem");
    Path chainFile = directory.resolve("cert-chain.pem");
    X509Certificate certificate = Pem.certificates(certFile, Pem.read(certFile)).get(0);
    PrivateKey key = Pem.privateKey(keyFile, Pem.read(keyFile));
    List<X509Certificate> roots = Pem.certificates(rootFile, Pem.read(rootFile));
    List<X509Certificate> others = Pem.certificates(chainFile, Pem.read(chainFile));

    requireAuthority(certFile, certificate, now);
    requireStrong(certFile, certificate.getPublicKey());
    requireFits(keyFile, key, certFile, certificate);
    for (X509Certificate root : roots) {
      requireAuthority(rootFile, root, now);
      if (!isSelfSigned(root)) {
        throw new CaException(
            rootFile + ": " + subject(root) + " is not a root (expected: signed by itself)");
      }
    }
    List<X509Certificate> chain = chain(certificate, others, roots);
    X509Certificate root = rootOf(chain, certificate, roots, certFile, chainFile, rootFile);
    for (X509Certificate link : chain) {
      requireAuthority(link.equals(certificate) ? certFile : chainFile, link, now);
    }
    requireValid(chain, root, chainFile, now);
    Signer signer = new Signer(key, chain, root, certFile.toString(), true, now.plus(delay));
    return new PluggedAuthority(signer, List.copyOf(roots));
  }

  /** From the signing certificate upwards, each the issuer of the one before it; no root. */
  private static List<X509Certificate> chain(
      X509Certificate certificate, List<X509Certificate> others, List<X509Certificate> roots) {
    List<X509Certificate> chain = new ArrayList<>();
    X509Certificate next = roots.contains(certificate) ? null : certificate;
    while (next != null && !chain.contains(next)) {
      chain.add(next);
      X509Certificate issuer = null;
      for (X509Certificate other : others) {
        if (!isSelfSigned(other) && !chain.contains(other) && isSignedBy(next, other)) {
          issuer = other;
        }
      }
      next = issuer;
    }
    return chain;
  }

  private static X509Certificate rootOf(
      List<X509Certificate> chain,
      X509Certificate certificate,
      List<X509Certificate> roots,
      Path certFile,
      Path chainFile,
      Path rootFile) {
    if (chain.isEmpty()) {
      return certificate;
    }
    X509Certificate last = chain.get(chain.size() - 1);
    for (X509Certificate root : roots) {
      if (isSignedBy(last, root)) {
        return root;
      }
    }
    throw new CaException(
        certFile
            + ": no way from it to a root: "
            + subject(last)
            + " is issued by "
            + last.getIssuerX500Principal()
            + " (expected: that certificate in "
            + chainFile
            + " or "
            + rootFile
            + ")");
  }

  private static void requireValid(
      List<X509Certificate> chain, X509Certificate root, Path chainFile, Instant now) {
    if (chain.isEmpty()) {
      return;
    }
    try {
      Signer.verify(chain, Set.of(root), now);
    } catch (CertPathValidatorException e) {
      int index = e.getIndex();
      throw new CaException(
          chainFile
              + ": "
              + (index < 0 ? "the chain" : subject(chain.get(index)))
              + " is not valid: "
              + Pem.why(e),
          e);
    } catch (GeneralSecurityException e) {
      throw new CaException(chainFile + ": the chain cannot be checked: " + Pem.why(e), e);
    }
  }

  private static void requireAuthority(Path file, X509Certificate certificate, Instant now) {
    try {
      certificate.checkValidity(Date.from(now));
    } catch (CertificateExpiredException e) {
      throw new CaException(
          file
              + ": "
              + subject(certificate)
              + " expired at "
              + certificate.getNotAfter().toInstant(),
          e);
    } catch (CertificateNotYetValidException e) {
      throw new CaException(
          file
              + ": "
              + subject(certificate)
              + " is not valid before "
              + certificate.getNotBefore().toInstant(),
          e);
    }
    if (certificate.getBasicConstraints() < 0) {
      throw new CaException(
          file + ": " + subject(certificate) + " is no authority (expected: CA:TRUE)");
    }
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      throw new CaException(
          file
              + ": "
              + subject(certificate)
              + " may not sign (expected: key usage Certificate Sign)");
    }
  }

  private static void requireStrong(Path file, PublicKey key) {
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      throw new CaException(
          file
              + ": an RSA key of "
              + rsa.getModulus().bitLength()
              + " bits (expected: at least "
              + MIN_RSA_BITS
              + ")");
    }
    if (!(key instanceof RSAKey) && !(key instanceof ECKey)) {
      throw new CaException(
          file + ": a key of algorithm " + key.getAlgorithm() + " (expected: EC or RSA)");
    }
  }

  static void requireFits(
      Path keyFile, PrivateKey key, Path certFile, X509Certificate certificate) {
    boolean fits;
    try {
      byte[] text = new byte[32];
      new SecureRandom().nextBytes(text);
      String algorithm = Signer.signatureAlgorithm(key);
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      fits = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // A key of another kind than the certificate's.
      fits = false;
    }
    if (!fits) {
      throw new CaException(
          keyFile
              + ": the key does not fit the certificate "
              + subject(certificate)
              + " in "
              + certFile.getFileName());
    }
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    return isSignedBy(certificate, certificate);
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String subject(X509Certificate certificate) {
    return "\"" + certificate.getSubjectX500Principal().getName() + "\"";
  }
}
