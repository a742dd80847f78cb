package dev.weft.testkit;

import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * One mesh's certificate authority, made in memory, and TLS contexts with SPIFFE certificates that
 * it signed; nothing touches a disk. Two instances do not trust each other.
 */
public final class MeshCertificates {

  private static final X500Name ISSUER = new X500Name("CN=weft test root");

  private final KeyPair authority = newKey();

  /** Says whether a server may be who it is; beyond the check of its signature. */
  public interface PeerCheck {
    /**
     * @param peerHost the name that the client gave to the handshake
     */
    void check(String peerHost, X509Certificate certificate) throws CertificateException;
  }

  /** A context that presents {@code spiffeId} and trusts what this authority signed. */
  public SSLContext context(String spiffeId) {
    return context(spiffeId, (peerHost, certificate) -> {});
  }

  /** A context that presents a certificate which is over since a minute. */
  public SSLContext expired(String spiffeId) {
    return context(spiffeId, Instant.now().minusSeconds(60), (peerHost, certificate) -> {});
  }

  /** As {@link #context(String)}, and servers must pass {@code check} as well. */
  public SSLContext context(String spiffeId, PeerCheck check) {
    return context(spiffeId, Instant.now().plusSeconds(3600), check);
  }

  private SSLContext context(String spiffeId, Instant notAfter, PeerCheck check) {
    try {
      KeyPair key = newKey();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "own",
          key.getPrivate(),
          new char[0],
          new X509Certificate[] {sign(key, spiffeId, notAfter)});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      return context(keys.getKeyManagers(), check);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A context without a certificate of its own, which trusts what this authority signed. */
  public SSLContext anonymous() {
    try {
      return context(new KeyManager[0], (peerHost, certificate) -> {});
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The SPIFFE id in a certificate; the only URI among its names. */
  public static String spiffeId(java.security.cert.Certificate certificate) {
    try {
      return ((X509Certificate) certificate)
          .getSubjectAlternativeNames().stream()
              .filter(name -> name.get(0).equals(GeneralName.uniformResourceIdentifier))
              .map(name -> (String) name.get(1))
              .findFirst()
              .orElseThrow();
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private SSLContext context(KeyManager[] keys, PeerCheck check) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, new TrustManager[] {new SignedByAuthority(check)}, new SecureRandom());
    return context;
  }

  private X509Certificate sign(KeyPair key, String spiffeId, Instant notAfter)
      throws GeneralSecurityException {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              ISSUER,
              new BigInteger(64, new SecureRandom()),
              Date.from(notAfter.minusSeconds(7200)),
              Date.from(notAfter),
              new X500Name("CN=workload"),
              key.getPublic());
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId)));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
    } catch (IOException | OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Extended, because JSSE checks host names around any other kind. */
  private final class SignedByAuthority extends X509ExtendedTrustManager {

    private final PeerCheck peerCheck;

    SignedByAuthority(PeerCheck peerCheck) {
      this.peerCheck = peerCheck;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      try {
        chain[0].checkValidity();
        chain[0].verify(authority.getPublic());
      } catch (GeneralSecurityException e) {
        throw new CertificateException("not signed by this authority", e);
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
      peerCheck.check(((SSLSocket) socket).getHandshakeSession().getPeerHost(), chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
      peerCheck.check(engine.getPeerHost(), chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
