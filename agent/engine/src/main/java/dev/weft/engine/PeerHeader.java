package dev.weft.engine;

import dev.weft.engine.snapshot.CompiledDestination;
import dev.weft.inbound.InboundRequest;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The header by which workloads tell each other who they are: {@code
 * workload;namespace;canonical-service;canonical-revision}, with percent escapes. It is a label for
 * metrics and no proof of anything.
 */
final class PeerHeader {

  private static final int MAX_LENGTH = 1024;
  private static final int MAX_REMEMBERED = 1024;
  private static final int FIELDS = 4;

  private final ConcurrentHashMap<String, CallRecord.Peer> known = new ConcurrentHashMap<>();

  static String of(Workload self) {
    return escape(self.workload)
        + ";"
        + escape(self.namespace)
        + ";"
        + escape(self.canonicalService)
        + ";"
        + escape(self.canonicalRevision);
  }

  /** From the request that arrived. */
  CallRecord.Peer of(InboundRequest request) {
    return read(request.header(CompiledDestination.PEER));
  }

  /** UNKNOWN where the header is absent or malformed. */
  CallRecord.Peer read(@Nullable String header) {
    if (header == null || header.length() > MAX_LENGTH) {
      return CallRecord.Peer.UNKNOWN;
    }
    CallRecord.Peer peer = known.get(header);
    if (peer == null) {
      peer = parse(header);
      if (known.size() >= MAX_REMEMBERED) {
        // Anybody may send anything: what is remembered stays bounded.
        known.clear();
      }
      known.put(header, peer);
    }
    return peer;
  }

  private static CallRecord.Peer parse(String header) {
    String[] fields = header.split(";", -1);
    if (fields.length != FIELDS) {
      return CallRecord.Peer.UNKNOWN;
    }
    return new CallRecord.Peer(
        unescape(fields[0]), unescape(fields[1]), unescape(fields[2]), unescape(fields[3]), "");
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0x20 && c < 0x7f && c != ';' && c != '%' && c != ',') {
        escaped.append(c);
      } else {
        escaped.append(String.format("%%%04X", (int) c));
      }
    }
    return escaped.toString();
  }

  private static String unescape(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        plain.append(c);
        continue;
      }
      if (i + 4 >= text.length()) {
        return "";
      }
      try {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
      } catch (NumberFormatException e) {
        return "";
      }
      i += 4;
    }
    return plain.toString();
  }
}
