package dev.weft.identity;

import org.jspecify.annotations.Nullable;

/** {@code weft-join.<id>.<secret>.<pin>}: what an agent joins a mesh with. Immutable. */
public final class JoinToken {

  private static final String PREFIX = "weft-join";

  /** All of it, as it is sent. A secret: not for messages. */
  public final String text;

  /** SHA-256 of a root certificate, in URL-safe Base64. */
  final String pin;

  private JoinToken(String text, String pin) {
    this.text = text;
    this.pin = pin;
  }

  /** Null where {@code text} is no such token. */
  public static @Nullable JoinToken parse(String text) {
    String token = text.trim();
    String[] parts = token.split("\\.", -1);
    boolean good =
        parts.length == 4
            && parts[0].equals(PREFIX)
            && !parts[1].isEmpty()
            && !parts[2].isEmpty()
            && parts[3].length() == 43
            && isPlain(token);
    return good ? new JoinToken(token, parts[3]) : null;
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /** Without the secret. */
  @Override
  public String toString() {
    String[] parts = text.split("\\.", -1);
    return PREFIX + "." + parts[1];
  }
}
