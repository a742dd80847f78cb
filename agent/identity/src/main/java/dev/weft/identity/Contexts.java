package dev.weft.identity;

import java.security.GeneralSecurityException;
import java.security.NoSuchProviderException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes TLS contexts. */
final class Contexts {

  /** How long a server takes a session for resumption, in seconds. */
  private static final int SESSION_SECONDS = 600;

  private Contexts() {}

  /**
   * @param own null for no certificate of ours
   */
  static SSLContext of(@Nullable OwnKeyManager own, MeshTrustManager.Check check)
      throws GeneralSecurityException {
    SSLContext context = instance();
    context.init(
        own == null ? new KeyManager[0] : new KeyManager[] {own},
        new TrustManager[] {new MeshTrustManager(check)},
        null);
    context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
    return context;
  }

  /** The JDK's own, where it is there: an application may have put another one in front. */
  private static SSLContext instance() throws GeneralSecurityException {
    try {
      return SSLContext.getInstance("TLS", "SunJSSE");
    } catch (NoSuchProviderException e) {
      return SSLContext.getInstance("TLS");
    }
  }
}
