package dev.weft.controlclient;

import java.util.ArrayList;
import java.util.List;

/** Where a control server listens. */
final class ServerAddress {

  final String host;
  final int port;

  ServerAddress(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /**
   * @param addresses {@code host:port}, comma-separated; {@code [v6]:port} for IPv6
   * @throws IllegalArgumentException naming the part that is wrong
   */
  static List<ServerAddress> parse(String addresses) {
    List<ServerAddress> parsed = new ArrayList<>();
    for (String part : addresses.split(",", -1)) {
      parsed.add(parseOne(part.trim()));
    }
    return parsed;
  }

  private static ServerAddress parseOne(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon > 0 ? text.substring(0, colon) : "";
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0 || host.indexOf('/') >= 0) {
      host = "";
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      port = -1;
    }
    if (host.isEmpty() || port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "control.server: '" + text + "' (expected: host:port, several separated by commas)");
    }
    return new ServerAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
