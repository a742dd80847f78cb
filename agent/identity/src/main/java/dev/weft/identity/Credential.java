package dev.weft.identity;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/** A key with the certificate that says whose it is. Immutable. */
final class Credential {

  final PrivateKey key;
  final SpiffeId id;
  private final X509Certificate[] chain;

  private Credential(PrivateKey key, SpiffeId id, X509Certificate[] chain) {
    this.key = key;
    this.id = id;
    this.chain = chain;
  }

  /**
   * @param chain our own certificate first, then intermediates; no root
   * @throws GeneralSecurityException where the certificate is not for this key, or for no workload
   */
  static Credential of(OwnKey key, List<X509Certificate> chain) throws GeneralSecurityException {
    X509Certificate own = chain.get(0);
    if (!Arrays.equals(own.getPublicKey().getEncoded(), key.publicKey().getEncoded())) {
      throw new GeneralSecurityException("the certificate is for another key");
    }
    return new Credential(
        key.privateKey(), SpiffeId.of(own), chain.toArray(new X509Certificate[0]));
  }

  X509Certificate certificate() {
    return chain[0];
  }

  X509Certificate[] chain() {
    return chain.clone();
  }

  /** First moment at which it counts, in milliseconds since 1970. */
  long notBefore() {
    return CertificateTime.start(chain[0]);
  }

  /** Last moment at which it counts: that of the certificate of the chain that ends first. */
  long notAfter() {
    long end = Long.MAX_VALUE;
    for (X509Certificate each : chain) {
      end = Math.min(end, CertificateTime.end(each));
    }
    return end;
  }

  boolean isExpired(long nowMillis) {
    return nowMillis > notAfter();
  }
}
