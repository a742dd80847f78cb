package dev.weft.control.jwks;

import dev.weft.control.core.Cidr;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * From which addresses keys may be fetched. Whoever may write a policy could else make the server
 * talk to what only the server can reach: itself, the network behind it, the cloud's metadata.
 */
final class AddressRules {

  /** What is not the public internet, as IANA's registries of special addresses have it. */
  private static final List<Cidr> PRIVATE =
      all(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4",
          // Azure's metadata, which has a public address.
          "168.63.129.16",
          // Unspecified, loopback, and IPv4 in IPv6 of all kinds: the last lead to what is above.
          "::/96",
          "64:ff9b::/96",
          "64:ff9b:1::/48",
          "2001::/23",
          "2001:db8::/32",
          "2002::/16",
          "3fff::/20",
          "100::/64",
          "5f00::/16",
          "fc00::/7",
          "fe80::/10",
          "fec0::/10",
          "ff00::/8");

  private final List<Cidr> allowed;

  /**
   * @param allowed blocks that are fetched from although they are private
   */
  AddressRules(List<String> allowed) {
    this.allowed = all(allowed.toArray(String[]::new));
  }

  boolean mayFetchFrom(InetAddress address) {
    return contains(allowed, address) || !contains(PRIVATE, address);
  }

  private static boolean contains(List<Cidr> blocks, InetAddress address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }

  private static List<Cidr> all(String... texts) {
    return Arrays.stream(texts).map(Cidr::parse).toList();
  }
}
