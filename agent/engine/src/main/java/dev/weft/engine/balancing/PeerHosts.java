package dev.weft.engine.balancing;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Upstream;
import dev.weft.transport.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The synthetic host names under which connection pools and TLS know endpoints: one per upstream
 * and transport, and for TLS per set of expected identities and generation. Readable, for they show
 * up in messages of libraries: {@code v1.reviews.default.svc.cluster.local.9080-plain.weft}.
 */
final class PeerHosts {

  private static final int MAX_LABEL = 63;
  private static final int MAX_NAME = 200;
  private static final String GENERATION = ".g";

  private PeerHosts() {}

  static String plain(Upstream upstream) {
    return name(upstream, "plain", Endpoint.SUFFIX);
  }

  /** What the names for TLS to an endpoint begin with, whatever the generation. */
  static String tlsBase(Upstream upstream, EndpointInfo endpoint) {
    String expected = new TreeSet<>(identities(upstream, endpoint)).toString();
    switch (upstream.tlsMode()) {
      case SIMPLE:
      case MUTUAL:
        return name(upstream, "tls-" + hash(originated(upstream) + expected), "");
      default:
        return name(upstream, "id-" + hash(expected), "");
    }
  }

  /** All that makes a connection of TLS that is not the mesh's different from another. */
  private static String originated(Upstream upstream) {
    return upstream.tlsMode()
        + "|"
        + upstream.sni()
        + "|"
        + upstream.caCertificates()
        + "|"
        + upstream.clientCertificate()
        + "|"
        + upstream.privateKey()
        + "|"
        + upstream.insecureSkipVerify()
        + "|";
  }

  static String tls(String base, int generation) {
    return base + GENERATION + generation + Endpoint.TLS_SUFFIX;
  }

  /** The reverse of {@link #tls}; null for any other name. */
  static @Nullable String baseOf(String peerHost) {
    int end = peerHost.lastIndexOf(GENERATION, peerHost.length() - Endpoint.TLS_SUFFIX.length());
    return end > 0 && Endpoint.isTls(peerHost) ? peerHost.substring(0, end) : null;
  }

  /** The identities that the peer must prove one of. */
  static Set<String> identities(Upstream upstream, EndpointInfo endpoint) {
    if (!upstream.subjectAltNames().isEmpty()) {
      return upstream.subjectAltNames();
    }
    return endpoint.identity().isEmpty()
        ? Collections.emptySet()
        : Collections.singleton(endpoint.identity());
  }

  private static String name(Upstream upstream, String transport, String suffix) {
    String wanted =
        (upstream.subset().isEmpty() ? "" : upstream.subset() + ".") + upstream.service();
    String clean = sanitize(wanted.toLowerCase(Locale.ROOT));
    // Names that had to be changed could meet: the hash of the upstream keeps them apart.
    String unique = clean.equals(wanted) ? "" : "-" + hash(upstream.name());
    return clean + "." + upstream.port() + "-" + transport + unique + suffix;
  }

  private static String sanitize(String name) {
    StringBuilder clean = new StringBuilder(name.length());
    int label = 0;
    for (int i = 0; i < name.length() && clean.length() < MAX_NAME; i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (c == '.') {
        // Labels begin and end with a letter or digit, and are not empty.
        endLabel(clean, label);
        clean.append('.');
        label = 0;
      } else if (label < MAX_LABEL) {
        clean.append(letter || (c == '-' && label > 0) ? c : 'x');
        label++;
      }
    }
    endLabel(clean, label);
    return clean.toString();
  }

  private static void endLabel(StringBuilder clean, int length) {
    if (length == 0) {
      clean.append('x');
    } else if (clean.charAt(clean.length() - 1) == '-') {
      clean.setCharAt(clean.length() - 1, 'x');
    }
  }

  private static String hash(String text) {
    CRC32 crc = new CRC32();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    crc.update(bytes, 0, bytes.length);
    return Long.toHexString(crc.getValue());
  }
}
