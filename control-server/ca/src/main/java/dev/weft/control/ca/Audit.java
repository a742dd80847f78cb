package dev.weft.control.ca;

import dev.weft.control.core.WorkloadIdentity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each certificate, and one for each refusal as long as there are not too many of
 * them: whoever reaches the port can cause those.
 */
final class Audit {

  private static final Logger LOG = LoggerFactory.getLogger("dev.weft.audit");

  private static final int REFUSALS = 60;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final InstantSource clock;
  private Instant windowEnd = Instant.MIN;
  private int inWindow;

  Audit(InstantSource clock) {
    this.clock = clock;
  }

  void issued(WorkloadIdentity identity, X509Certificate certificate, String how, String address) {
    LOG.info(
        "certificate issued identity={} serial={} expires={} by=\"{}\" from={}",
        identity,
        certificate.getSerialNumber().toString(16),
        certificate.getNotAfter().toInstant(),
        how,
        address);
  }

  void refused(String reason, String how, String address) {
    int before = count();
    if (before < REFUSALS) {
      LOG.warn(
          "certificate refused reason=\"{}\" by=\"{}\" from={}",
          reason.replaceAll("[\\p{Cntrl}\"]", "?"),
          how,
          address);
    } else if (before == REFUSALS) {
      LOG.warn("more refusals of certificates; no line for each until {}", windowEnd());
    }
  }

  private synchronized int count() {
    Instant now = clock.instant();
    if (!now.isBefore(windowEnd)) {
      windowEnd = now.plus(WINDOW);
      inWindow = 0;
    }
    return inWindow++;
  }

  private synchronized Instant windowEnd() {
    return windowEnd;
  }
}
