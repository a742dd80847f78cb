package dev.weft.identity;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code spiffe://trust-domain/ns/namespace/sa/service-account}, taken apart. Immutable. */
final class SpiffeId {

  private static final String SCHEME = "spiffe://";
  private static final int URI_NAME = 6;

  /** As it stands in the certificate. */
  final String text;

  final String trustDomain;

  /** {@code /ns/namespace/sa/service-account}. */
  final String path;

  private SpiffeId(String text, int slash) {
    this.text = text;
    this.trustDomain = text.substring(SCHEME.length(), slash);
    this.path = text.substring(slash);
  }

  /** Null where {@code text} is not an identity of a workload. */
  static @Nullable SpiffeId parse(String text) {
    int slash = text.startsWith(SCHEME) ? text.indexOf('/', SCHEME.length()) : -1;
    if (slash <= SCHEME.length()) {
      return null;
    }
    SpiffeId id = new SpiffeId(text, slash);
    String[] parts = id.path.split("/", -1);
    boolean workload =
        parts.length == 5
            && parts[1].equals("ns")
            && isName(parts[2])
            && parts[3].equals("sa")
            && isName(parts[4])
            && isName(id.trustDomain);
    return workload ? id : null;
  }

  /**
   * The identity that a certificate proves.
   *
   * @throws CertificateParsingException where it has none, or more than one
   */
  static SpiffeId of(X509Certificate certificate) throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    String uri = null;
    if (names != null) {
      for (List<?> name : names) {
        if (Integer.valueOf(URI_NAME).equals(name.get(0))) {
          if (uri != null) {
            throw new CertificateParsingException(
                "certificate with two URI names: " + uri + " and " + name.get(1));
          }
          uri = String.valueOf(name.get(1));
        }
      }
    }
    if (uri == null) {
      throw new CertificateParsingException("certificate without a SPIFFE identity");
    }
    SpiffeId id = parse(uri);
    if (id == null) {
      throw new CertificateParsingException(
          "certificate of "
              + uri
              + " (expected: spiffe://<trust domain>/ns/<namespace>/sa/<name>)");
    }
    return id;
  }

  /** The characters that SPIFFE allows; no dot segments, nothing that is encoded. */
  private static boolean isName(String part) {
    if (part.isEmpty() || part.equals(".") || part.equals("..")) {
      return false;
    }
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '-'
              || c == '_';
      if (!allowed) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return text;
  }
}
