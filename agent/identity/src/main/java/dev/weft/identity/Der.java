package dev.weft.identity;

import java.io.ByteArrayOutputStream;

/** Writes the little DER that a certificate request and a private key need. */
final class Der {

  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;

  /** Context-specific, constructed, number 0. */
  static final int CONTEXT_0 = 0xa0;

  private Der() {}

  /** One element whose content is {@code parts}, one after the other. */
  static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    writeLength(out, length);
    for (byte[] part : parts) {
      out.write(part, 0, part.length);
    }
    return out.toByteArray();
  }

  /** A bit string of whole bytes. */
  static byte[] bits(byte[] content) {
    return element(BIT_STRING, new byte[] {0}, content);
  }

  /** An object identifier, its arcs below 2^28. */
  static byte[] oid(int... arcs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(arcs[0] * 40 + arcs[1]);
    for (int i = 2; i < arcs.length; i++) {
      for (int shift = 21; shift > 0; shift -= 7) {
        if (arcs[i] >> shift != 0) {
          out.write((arcs[i] >> shift & 0x7f) | 0x80);
        }
      }
      out.write(arcs[i] & 0x7f);
    }
    return element(OBJECT_IDENTIFIER, out.toByteArray());
  }

  private static void writeLength(ByteArrayOutputStream out, int length) {
    if (length < 0x80) {
      out.write(length);
      return;
    }
    int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
    out.write(0x80 | bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      out.write(length >> (8 * i));
    }
  }
}
