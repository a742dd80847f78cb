package dev.weft.tooling;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds an ASCII text in bytes by Horspool's search: looks at one byte in as many as the text is
 * long, so that a look at every class of an application is not noticed. Immutable.
 */
final class BytePattern {

  private final byte[] text;

  /** By byte: how far the text may move when that byte lies below its end. */
  private final int[] shifts = new int[256];

  BytePattern(String text) {
    this.text = text.getBytes(StandardCharsets.US_ASCII);
    int last = this.text.length - 1;
    Arrays.fill(shifts, this.text.length);
    for (int i = 0; i < last; i++) {
      shifts[this.text[i] & 0xff] = last - i;
    }
  }

  boolean isIn(byte[] bytes) {
    int last = text.length - 1;
    for (int end = last; end < bytes.length; end += shifts[bytes[end] & 0xff]) {
      if (bytes[end] == text[last] && endsAt(bytes, end)) {
        return true;
      }
    }
    return false;
  }

  private boolean endsAt(byte[] bytes, int end) {
    int start = end - text.length + 1;
    for (int i = 0; i < text.length; i++) {
      if (bytes[start + i] != text[i]) {
        return false;
      }
    }
    return true;
  }
}
