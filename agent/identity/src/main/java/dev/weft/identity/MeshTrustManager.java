package dev.weft.identity;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Takes a handshake apart for a {@link Check}. Extended, for around any other kind JSSE puts checks
 * of its own, of host names among them, which identities of the mesh do not have.
 */
final class MeshTrustManager extends X509ExtendedTrustManager {

  private static final X509Certificate[] ANY_ISSUER = {};

  private final Check check;

  MeshTrustManager(Check check) {
    this.check = check;
  }

  /** Whether the peer of a handshake may be who its chain says. */
  interface Check {
    /**
     * @param role of the peer
     * @param peerHost the name that a client was opened with; null where there is none
     */
    void check(X509Certificate[] chain, Trust.Role role, @Nullable String peerHost)
        throws CertificateException;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check.check(chain, Trust.Role.CLIENT, null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check.check(chain, Trust.Role.CLIENT, null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    SSLSession session =
        socket instanceof SSLSocket ? ((SSLSocket) socket).getHandshakeSession() : null;
    check.check(chain, Trust.Role.SERVER, session == null ? null : session.getPeerHost());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check.check(chain, Trust.Role.SERVER, engine.getPeerHost());
  }

  /** Without the connection nobody knows whom to expect. */
  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("a certificate was shown without its connection");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("a certificate was shown without its connection");
  }

  /** A peer shall show what it has; an empty list says so. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return ANY_ISSUER;
  }
}
