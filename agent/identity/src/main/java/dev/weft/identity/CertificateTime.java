package dev.weft.identity;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;

/** The life of certificates in milliseconds since 1970. */
// The JDK's certificates and its PKIX speak in java.util.Date.
@SuppressWarnings("JavaUtilDate")
final class CertificateTime {

  private CertificateTime() {}

  static long start(X509Certificate certificate) {
    return certificate.getNotBefore().getTime();
  }

  static long end(X509Certificate certificate) {
    return certificate.getNotAfter().getTime();
  }

  static Date date(long millis) {
    return new Date(millis);
  }

  /** For people. */
  static String text(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
