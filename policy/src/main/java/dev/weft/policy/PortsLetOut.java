package dev.weft.policy;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What leaves a sidecar of Istio under REGISTRY_ONLY although no host of the mesh is named: on a
 * port that a ServiceEntry declares for something else than HTTP, the address decides, and where
 * the entry has none, the port alone.
 */
final class PortsLetOut {

  private PortsLetOut() {}

  /**
   * The ServiceEntry that lets a connection out; null where none does.
   *
   * @param host name or IP address that means no service
   */
  static @Nullable Rule find(PolicySet policies, String namespace, String host, int port) {
    boolean address = Names.isIp(host);
    for (Rule entry : policies.rules.serviceEntriesOfPort(port)) {
      if (entry.visibleFrom(namespace) != Visibility.NONE && letsOut(entry, port, host, address)) {
        return entry;
      }
    }
    return null;
  }

  private static boolean letsOut(Rule entry, int port, String host, boolean address) {
    ServicePort declared = ServicePort.find(ServicePort.of(entry.spec), port);
    String protocol = declared == null ? "HTTP" : declared.protocol();
    boolean tls = protocol.equals("TLS") || protocol.equals("HTTPS");
    if (!tls && (protocol.startsWith("HTTP") || protocol.startsWith("GRPC"))) {
      return false;
    }
    List<String> addresses = entry.spec.get("addresses").textItems();
    if (addresses.isEmpty()) {
      // With TLS the name decides. Of an address nobody knows which name the application will say.
      return address || !tls;
    }
    for (String range : addresses) {
      if (address && contains(range.toLowerCase(Locale.ROOT), host)) {
        return true;
      }
    }
    return false;
  }

  /** A range of IPv6 is taken for all of it. */
  private static boolean contains(String range, String address) {
    int slash = range.indexOf('/');
    String network = slash < 0 ? range : range.substring(0, slash);
    boolean v6 = network.indexOf(':') >= 0;
    if (slash < 0 || v6 != address.indexOf(':') >= 0) {
      return range.equals(address);
    }
    String bits = range.substring(slash + 1);
    if (v6 || !bits.matches("[0-9]{1,2}")) {
      return v6;
    }
    int rest = Math.max(0, 32 - Integer.parseInt(bits));
    return number(network) >> rest == number(address) >> rest;
  }

  private static long number(String address) {
    long number = 0;
    for (String octet : address.split("\\.", -1)) {
      number = number << 8 | Long.parseLong(octet);
    }
    return number;
  }
}
