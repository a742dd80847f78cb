package dev.weft.agent;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address under which other instances reach this one. Looks names up, so it may block.
 */
final class InstanceAddress {

  private InstanceAddress() {}

  /**
   * The address from which this machine would talk to the first of {@code controlServers} that can
   * be resolved: who can reach the control server is in its network. Nothing is sent.
   *
   * @param controlServers {@code host:port}
   */
  static String find(List<String> controlServers) {
    for (String server : controlServers) {
      String address = towards(server);
      if (address != null) {
        return address;
      }
    }
    String address = ofAnInterface();
    return address == null ? InetAddress.getLoopbackAddress().getHostAddress() : address;
  }

  /** Whether an interface of this machine has the address. */
  static boolean isOwn(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      // In doubt nothing is refused.
      return true;
    }
  }

  private static @Nullable String towards(String server) {
    int colon = server.lastIndexOf(':');
    try (DatagramSocket socket = new DatagramSocket()) {
      InetSocketAddress target =
          new InetSocketAddress(
              server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
      if (target.isUnresolved()) {
        return null;
      }
      socket.connect(target);
      InetAddress local = socket.getLocalAddress();
      return local == null || local.isAnyLocalAddress() ? null : text(local);
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String ofAnInterface() {
    String six = null;
    try {
      for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (!network.isUp() || network.isLoopback()) {
          continue;
        }
        for (InetAddress address : Collections.list(network.getInetAddresses())) {
          if (address instanceof Inet4Address && !address.isLinkLocalAddress()) {
            return text(address);
          }
          if (!address.isLinkLocalAddress()) {
            six = text(address);
          }
        }
      }
    } catch (SocketException e) {
      // No interface can be listed: loopback is what is left.
    }
    return six;
  }

  /** Without the zone of IPv6, which means nothing elsewhere. */
  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }
}
