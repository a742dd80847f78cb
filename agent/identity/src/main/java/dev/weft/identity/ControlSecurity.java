package dev.weft.identity;

import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS to the control server. It is believed when its chain ends in a root that we know, from the
 * mesh's bundle, a file, or the join token's pin, and names the control server of a mesh; host
 * names do not matter. We show our certificate as long as we have one. Thread-safe.
 */
public final class ControlSecurity {

  private static final String CONTROL_PATH = "/ns/weft-system/sa/weft-control";

  private final WorkloadIdentity identity;
  private final boolean mustJoin;
  private final Supplier<@Nullable JoinToken> token;
  private final Supplier<String> rootCertificates;
  private volatile @Nullable String spentPin;

  /**
   * @param mustJoin whether a join token was set, even if it cannot be read now
   * @param token the one in force, asked for at each use; null for none
   * @param rootCertificates in PEM, asked for at each use; empty for none
   */
  public ControlSecurity(
      WorkloadIdentity identity,
      boolean mustJoin,
      Supplier<@Nullable JoinToken> token,
      Supplier<String> rootCertificates) {
    this.identity = requireNonNull(identity, "identity");
    this.mustJoin = mustJoin;
    this.token = requireNonNull(token, "token");
    this.rootCertificates = requireNonNull(rootCertificates, "rootCertificates");
    identity.onChange(this::bundleCame);
  }

  /** The token to join with; null where there is none. */
  public @Nullable JoinToken token() {
    return token.get();
  }

  /** Whether we have to have a certificate before we may be heard. */
  public boolean joins() {
    return mustJoin;
  }

  /** Whether we can say who we are by a certificate. */
  public boolean hasCertificate() {
    return identity.hasCertificate();
  }

  /**
   * For one connection: what is trusted and shown is what is in force now.
   *
   * @throws GeneralSecurityException where a root certificate cannot be read; the message says why
   */
  public SSLSocketFactory socketFactory() throws GeneralSecurityException {
    TlsState state = identity.state();
    Credential own = state.own;
    boolean alive = own != null && state.isAlive(identity.millis());
    List<X509Certificate> known = new ArrayList<>();
    if (state.trust != null) {
      known.addAll(state.trust.roots());
    }
    String file = rootCertificates.get();
    if (!file.isEmpty()) {
      known.addAll(Pem.certificates(file));
    }
    JoinToken joining = token.get();
    String pin = joining == null || joining.pin.equals(spentPin) ? null : joining.pin;
    return Contexts.of(
            own == null || !alive ? null : new OwnKeyManager(own.key, own.chain()),
            (chain, role, peerHost) -> check(chain, known, pin, state.trust))
        .getSocketFactory();
  }

  private void check(
      X509Certificate[] chain,
      List<X509Certificate> known,
      @Nullable String pin,
      @Nullable Trust mesh)
      throws CertificateException {
    List<X509Certificate> roots = new ArrayList<>(known);
    if (pin != null) {
      for (X509Certificate each : chain) {
        if (pin.equals(pinOf(each))) {
          roots.add(each);
        }
      }
    }
    if (roots.isEmpty()) {
      throw new CertificateException(
          "the control server does not show the root certificate that the join token names");
    }
    String trustDomain = mesh == null ? "" : mesh.trustDomain();
    Set<String> aliases = mesh == null ? Collections.emptySet() : mesh.aliases();
    SpiffeId server =
        new Trust(roots, trustDomain, aliases).verify(chain, Trust.Role.SERVER, identity.millis());
    if (!server.path.equals(CONTROL_PATH)) {
      throw new CertificateException(
          server + " is no control server (expected: spiffe://<trust domain>" + CONTROL_PATH + ")");
    }
  }

  static String pinOf(X509Certificate certificate) throws CertificateException {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Trust.sha256(certificate));
  }

  /**
   * A pin is for the first contact. Once the mesh has said whom to trust, a root that it drops
   * later is not kept alive by the token that named it.
   */
  private void bundleCame() {
    TlsState state = identity.state();
    JoinToken joined = state.own == null ? null : token.get();
    if (joined != null && state.trust != null && spentPin == null) {
      spentPin = joined.pin;
    }
  }
}
