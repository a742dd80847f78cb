package dev.weft.identity;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/** A certificate authority in memory: what a control server's is to agents. */
// X.509 speaks in java.util.Date.
@SuppressWarnings("JavaUtilDate")
final class TestAuthority {

  static final long HOUR = 3_600_000;

  final X509Certificate certificate;
  private final KeyPair key;
  private final X500Name name;
  private final List<X509Certificate> above;

  private TestAuthority(
      KeyPair key, X500Name name, X509Certificate certificate, List<X509Certificate> above) {
    this.key = key;
    this.name = name;
    this.certificate = certificate;
    this.above = above;
  }

  /** A root of its own; all of them have the same name, as after a rotation. */
  static TestAuthority root() {
    try {
      KeyPair key = newKey("EC");
      X500Name name = new X500Name("CN=test root");
      X509v3CertificateBuilder builder =
          builder(name, name, key.getPublic(), -24 * HOUR, 1000 * HOUR);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      return new TestAuthority(
          key, name, sign(builder, key), Collections.<X509Certificate>emptyList());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** An authority below this one. */
  TestAuthority intermediate() {
    try {
      KeyPair own = newKey("EC");
      X500Name ownName = new X500Name("CN=test intermediate");
      X509v3CertificateBuilder builder =
          builder(name, ownName, own.getPublic(), -24 * HOUR, 500 * HOUR);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      X509Certificate made = sign(builder, key);
      List<X509Certificate> chain = new ArrayList<>(Arrays.asList(made));
      chain.addAll(above);
      return new TestAuthority(own, ownName, made, chain);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a certificate shall be like. */
  static final class Wish {
    final List<GeneralName> names = new ArrayList<>();
    long from = -60_000;
    long to = HOUR;
    boolean authority;
    @Nullable KeyPurposeId usage;

    static Wish of(String spiffeId) {
      return new Wish().uri(spiffeId);
    }

    Wish uri(String uri) {
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
      return this;
    }

    Wish dns(String host) {
      names.add(new GeneralName(GeneralName.dNSName, host));
      return this;
    }

    Wish ip(String address) {
      names.add(new GeneralName(GeneralName.iPAddress, address));
      return this;
    }

    /** Relative to now, in milliseconds. */
    Wish life(long from, long to) {
      this.from = from;
      this.to = to;
      return this;
    }

    Wish onlyFor(KeyPurposeId usage) {
      this.usage = usage;
      return this;
    }

    Wish authority() {
      this.authority = true;
      return this;
    }
  }

  /** Ours first, then what leads to the root, without it. */
  List<X509Certificate> chain(PublicKey of, Wish wish) {
    try {
      X509v3CertificateBuilder builder =
          builder(name, new X500Name(new RDN[0]), of, wish.from, wish.to);
      if (!wish.names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            true,
            new GeneralNames(wish.names.toArray(new GeneralName[0])));
      }
      if (wish.authority) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      }
      if (wish.usage != null) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(wish.usage));
      }
      List<X509Certificate> chain = new ArrayList<>();
      chain.add(sign(builder, key));
      chain.addAll(above);
      return chain;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the control server does: only the key of the request counts. */
  CertificateSource.Issued issue(String request, Wish wish, TestAuthority... roots) {
    try {
      JcaPKCS10CertificationRequest parsed =
          new JcaPKCS10CertificationRequest(der("CERTIFICATE REQUEST", request));
      if (!parsed.isSignatureValid(
          new JcaContentVerifierProviderBuilder().build(parsed.getPublicKey()))) {
        throw new IllegalStateException("the request is not signed by its key");
      }
      if (parsed.getSubject().getRDNs().length > 0) {
        throw new IllegalStateException("the request has a subject");
      }
      List<String> pem = new ArrayList<>();
      for (X509Certificate each : chain(parsed.getPublicKey(), wish)) {
        pem.add(pem(each));
      }
      pem.addAll(pems(roots));
      return new CertificateSource.Issued(pem);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The key that a request is for. */
  static PublicKey key(String request) {
    try {
      return new JcaPKCS10CertificationRequest(der("CERTIFICATE REQUEST", request)).getPublicKey();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> pems(TestAuthority... roots) {
    List<String> pem = new ArrayList<>();
    for (TestAuthority root : roots) {
      pem.add(pem(root.certificate));
    }
    return pem;
  }

  Credential credential(Wish wish) {
    try {
      OwnKey own = OwnKey.generate();
      return Credential.of(own, chain(own.publicKey(), wish));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(X509Certificate certificate) {
    try {
      return Pem.encode("CERTIFICATE", certificate.getEncoded());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] der(String label, String pem) {
    String begin = "-----BEGIN " + label + "-----";
    String body = pem.substring(pem.indexOf(begin) + begin.length(), pem.indexOf("-----END"));
    return Base64.getMimeDecoder().decode(body);
  }

  static KeyPair newKey(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    } else {
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey key, long from, long to) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(64, new SecureRandom()),
        Date.from(now.plusMillis(from)),
        Date.from(now.plusMillis(to)),
        subject,
        key);
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair by)
      throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
  }
}
