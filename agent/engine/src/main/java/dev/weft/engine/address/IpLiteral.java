package dev.weft.engine.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Reads IP addresses, and never asks a name server. */
public final class IpLiteral {

  private IpLiteral() {}

  /** The 4 or 16 bytes; null where {@code text} is not an IP address. */
  public static byte @Nullable [] parse(String text) {
    if (text.indexOf(':') >= 0) {
      return v6(text);
    }
    byte[] address = new byte[4];
    int from = 0;
    for (int i = 0; i < 4; i++) {
      int end = i == 3 ? text.length() : text.indexOf('.', from);
      int value = end < 0 ? -1 : number(text, from, end);
      if (value < 0) {
        return null;
      }
      address[i] = (byte) value;
      from = end + 1;
    }
    return address;
  }

  private static int number(String text, int from, int end) {
    if (end <= from || end - from > 3) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value <= 255 ? value : -1;
  }

  private static byte @Nullable [] v6(String text) {
    String literal = text.startsWith("[") ? text : "[" + text + "]";
    try {
      // A literal in brackets is parsed, never looked up. A mapped IPv4 address becomes 4 bytes.
      return InetAddress.getByName(literal).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
