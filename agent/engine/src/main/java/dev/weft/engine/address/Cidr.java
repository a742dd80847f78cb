package dev.weft.engine.address;

import org.jspecify.annotations.Nullable;

/** A block of IP addresses. An IPv4 address and its mapped IPv6 form are the same. Immutable. */
public final class Cidr {

  private static final int V4 = 4;
  private static final int MAPPED_BITS = 96;

  private final byte[] network;
  private final int bits;

  private Cidr(byte[] network, int bits) {
    this.network = network;
    this.bits = bits;
  }

  /** Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32} or one address; null for anything else. */
  public static @Nullable Cidr parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    byte[] network = IpLiteral.parse(literal);
    if (network == null) {
      return null;
    }
    if (slash < 0) {
      return new Cidr(network, 8 * network.length);
    }
    int bits = number(text, slash + 1);
    if (network.length == V4 && literal.indexOf(':') >= 0) {
      // The length counts in the mapped form.
      bits = bits < MAPPED_BITS ? -1 : bits - MAPPED_BITS;
    }
    return bits < 0 || bits > 8 * network.length ? null : new Cidr(network, bits);
  }

  /**
   * @param address 4 or 16 bytes
   */
  public boolean contains(byte[] address) {
    byte[] plain = unmapped(address);
    if (plain.length != network.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (plain[i] != network[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    int mask = 0xff << (8 - rest) & 0xff;
    return rest == 0 || (plain[whole] & mask) == (network[whole] & mask);
  }

  private static byte[] unmapped(byte[] address) {
    if (address.length == V4) {
      return address;
    }
    for (int i = 0; i < 10; i++) {
      if (address[i] != 0) {
        return address;
      }
    }
    return address[10] == (byte) 0xff && address[11] == (byte) 0xff
        ? new byte[] {address[12], address[13], address[14], address[15]}
        : address;
  }

  private static int number(String text, int from) {
    if (from == text.length() || text.length() - from > 3) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
