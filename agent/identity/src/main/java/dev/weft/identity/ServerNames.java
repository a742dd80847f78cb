package dev.weft.identity;

import dev.weft.model.Upstream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names of servers outside of the mesh: which one to ask for, and whether a certificate has it. */
final class ServerNames {

  private static final int DNS_NAME = 2;
  private static final int URI_NAME = 6;
  private static final int IP_NAME = 7;

  private ServerNames() {}

  /** What to send as server name (SNI); null where there is no name that may be sent. */
  static @Nullable String of(Upstream upstream) {
    String name = host(upstream);
    return isHostName(name) ? name : null;
  }

  /** The host that the certificate must be for: that of {@code sni}, or the service. */
  static String host(Upstream upstream) {
    return upstream.sni().isEmpty() ? upstream.service() : upstream.sni();
  }

  /** Letters, digits, hyphens and dots, and not an address: what the JDK takes as SNI. */
  private static boolean isHostName(String name) {
    boolean letters = false;
    int label = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      letters |= letter;
      if (c == '.') {
        if (label == 0 || name.charAt(i - 1) == '-') {
          return false;
        }
        label = 0;
      } else if (letter || (c >= '0' && c <= '9') || (c == '-' && label > 0)) {
        label++;
      } else {
        return false;
      }
      if (label > 63) {
        return false;
      }
    }
    return letters && label > 0 && name.length() <= 253 && !name.endsWith("-");
  }

  /**
   * @param names that the certificate must have one of; where there are none, it must be for {@code
   *     host}
   */
  static void check(X509Certificate certificate, Set<String> names, String host)
      throws CertificateException {
    List<String> found = new ArrayList<>();
    Collection<List<?>> all = certificate.getSubjectAlternativeNames();
    if (all != null) {
      for (List<?> each : all) {
        int type = each.get(0) instanceof Integer ? (Integer) each.get(0) : -1;
        String value = String.valueOf(each.get(1));
        if (type != DNS_NAME && type != URI_NAME && type != IP_NAME) {
          continue;
        }
        found.add(value);
        boolean good =
            names.isEmpty()
                ? isFor(type, value, host)
                : names.contains(type == DNS_NAME ? lower(value) : value) || names.contains(value);
        if (good) {
          return;
        }
      }
    }
    throw new CertificateParsingException(
        "certificate for " + found + " (expected: " + (names.isEmpty() ? host : names) + ")");
  }

  private static boolean isFor(int type, String value, String host) {
    if (type == IP_NAME) {
      return value.equals(host);
    }
    if (type != DNS_NAME) {
      return false;
    }
    String pattern = lower(value);
    String wanted = lower(host);
    if (!pattern.startsWith("*.")) {
      return pattern.equals(wanted);
    }
    // A wildcard stands for the whole of the first label, and not above a top-level domain.
    int dot = wanted.indexOf('.');
    return dot > 0
        && wanted.substring(dot).equals(pattern.substring(1))
        && pattern.indexOf('.', 2) > 0;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
