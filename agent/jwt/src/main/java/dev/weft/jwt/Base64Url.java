package dev.weft.jwt;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Base64url as RFC 7515 wants it: without padding. */
final class Base64Url {

  private Base64Url() {}

  /** Null where {@code text} is something else. */
  static byte @Nullable [] decode(@Nullable String text) {
    if (text == null || text.indexOf('=') >= 0) {
      return null;
    }
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
