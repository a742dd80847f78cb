package dev.weft.controlclient;

import dev.weft.identity.JoinToken;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A mesh's root in memory, and what a control server shows and believes with it. */
// X.509 speaks in java.util.Date.
@SuppressWarnings("JavaUtilDate")
final class TestMeshAuthority {

  private static final X500Name NAME = new X500Name("CN=mesh root");

  private final KeyPair key;
  final X509Certificate root;

  TestMeshAuthority() throws Exception {
    key = newKey();
    X509v3CertificateBuilder builder = builder(key.getPublic(), NAME, 3600);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    root = sign(builder);
  }

  /** As {@code weft token create} prints one. */
  JoinToken token() throws GeneralSecurityException {
    byte[] pin = MessageDigest.getInstance("SHA-256").digest(root.getEncoded());
    JoinToken token =
        JoinToken.parse(
            "weft-join.abcdefghijkl.c2VjcmV0."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(pin));
    if (token == null) {
      throw new AssertionError("a token that is none");
    }
    return token;
  }

  X509Certificate issue(PublicKey of, String spiffeId, int seconds) throws Exception {
    X509v3CertificateBuilder builder = builder(of, new X500Name("CN=x"), seconds);
    builder.addExtension(
        Extension.subjectAlternativeName,
        true,
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId)));
    return sign(builder);
  }

  static PublicKey keyOf(String request) throws Exception {
    try (PEMParser parser = new PEMParser(new StringReader(request))) {
      return new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) parser.readObject())
          .getPublicKey();
    }
  }

  static String pem(X509Certificate certificate) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(certificate);
    }
    return text.toString();
  }

  /** Shows a certificate for {@code spiffeId}, and the root after it. */
  KeyManager[] shows(String spiffeId) throws Exception {
    KeyPair own = newKey();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own",
        own.getPrivate(),
        new char[0],
        new X509Certificate[] {issue(own.getPublic(), spiffeId, 600), root});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, new char[0]);
    return keys.getKeyManagers();
  }

  /** Believes whom this root signed. */
  TrustManager[] believes() {
    return new TrustManager[] {
      new X509ExtendedTrustManager() {
        private void check(X509Certificate[] chain) throws CertificateException {
          try {
            chain[0].verify(key.getPublic());
          } catch (GeneralSecurityException e) {
            throw new CertificateException(e);
          }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
          check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
          check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
          check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
          throw new AssertionError("a server was asked for");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
          throw new AssertionError("a server was asked for");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
          throw new AssertionError("a server was asked for");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
          return new X509Certificate[] {root};
        }
      }
    };
  }

  private static KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509v3CertificateBuilder builder(PublicKey of, X500Name subject, int seconds) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        NAME,
        new BigInteger(64, new SecureRandom()),
        Date.from(now.minusSeconds(60)),
        Date.from(now.plusSeconds(seconds)),
        subject,
        of);
  }

  private X509Certificate sign(X509v3CertificateBuilder builder) throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
  }
}
