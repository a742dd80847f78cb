package dev.weft.instrumentation.apachehttpclient40;

import dev.weft.transport.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * The host name of an endpoint with its IP address in it. Before 4.3 a host of the library has no
 * address: its name alone tells pooled connections apart, and has to be resolved.
 */
final class EndpointName {

  private static final String PREFIX = "ip-";

  private EndpointName() {}

  static String of(Endpoint endpoint) {
    return of(endpoint.address(), endpoint.peerHost());
  }

  private static String of(InetAddress address, String peerHost) {
    StringBuilder name = new StringBuilder(PREFIX);
    for (byte each : address.getAddress()) {
      name.append(Character.forDigit(each >> 4 & 15, 16)).append(Character.forDigit(each & 15, 16));
    }
    return name.append('.').append(peerHost).toString();
  }

  /** The address in such a name, under the synthetic name of its endpoint; null for any other. */
  static @Nullable InetAddress address(@Nullable String host) {
    if (host == null || !Endpoint.isSynthetic(host) || !host.startsWith(PREFIX)) {
      return null;
    }
    int dot = host.indexOf('.');
    byte[] address = new byte[(dot - PREFIX.length()) / 2];
    try {
      for (int i = 0; i < address.length; i++) {
        int start = PREFIX.length() + 2 * i;
        address[i] = (byte) Integer.parseInt(host.substring(start, start + 2), 16);
      }
      return InetAddress.getByAddress(host.substring(dot + 1), address);
    } catch (NumberFormatException | UnknownHostException e) {
      return null;
    }
  }

  /** An address under such a name in place of one under an endpoint's; null for any other. */
  static @Nullable InetSocketAddress renamed(@Nullable InetSocketAddress remote) {
    InetAddress address = remote == null ? null : remote.getAddress();
    if (remote == null || address == null) {
      return null;
    }
    // The name that the address was made with: nothing is looked up.
    String host = remote.getHostString();
    if (!Endpoint.isSynthetic(host) || host.startsWith(PREFIX)) {
      return null;
    }
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(of(address, host), address.getAddress()), remote.getPort());
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
