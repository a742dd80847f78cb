package dev.weft.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A port that a ServiceEntry declares. Immutable. */
final class ServicePort {

  /** Longer ones first: {@code grpc-web-x} is not gRPC. */
  private static final List<String> PREFIXES =
      Collections.unmodifiableList(
          Arrays.asList(
              "grpc-web",
              "grpc",
              "https",
              "http2",
              "http",
              "tls",
              "tcp",
              "mongo",
              "mysql",
              "redis"));

  final int number;
  final String name;

  /** In upper case; empty when it says none. */
  final String protocol;

  /** 0: the same as {@link #number}. */
  final int targetPort;

  private ServicePort(Node port) {
    this.number = port.get("number").integer(0);
    this.name = port.get("name").text();
    this.protocol = port.get("protocol").text().toUpperCase(Locale.ROOT);
    this.targetPort = port.get("targetPort").integer(0);
  }

  /** As declared, else by the name's beginning as in Istio; empty when neither says. */
  String protocol() {
    if (!protocol.isEmpty()) {
      return protocol;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    for (String known : PREFIXES) {
      if (lower.equals(known) || lower.startsWith(known + "-")) {
        return known.toUpperCase(Locale.ROOT);
      }
    }
    return "";
  }

  static List<ServicePort> of(Node serviceEntry) {
    List<ServicePort> ports = new ArrayList<>();
    for (Node port : serviceEntry.get("ports").items()) {
      ports.add(new ServicePort(port));
    }
    return ports;
  }

  static @Nullable ServicePort find(List<ServicePort> ports, int number) {
    for (ServicePort port : ports) {
      if (port.number == number) {
        return port;
      }
    }
    return null;
  }
}
