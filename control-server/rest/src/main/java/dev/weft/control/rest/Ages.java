package dev.weft.control.rest;

import java.time.Duration;

/** Durations as kubectl writes them: {@code 42s}, {@code 5m10s}, {@code 3h}, {@code 12d}. */
final class Ages {

  private Ages() {}

  static String text(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 600) {
      return seconds / 60 + "m" + (seconds % 60 == 0 ? "" : seconds % 60 + "s");
    }
    if (seconds < 3 * 3600) {
      return seconds / 60 + "m";
    }
    if (seconds < 48 * 3600) {
      return seconds / 3600 + "h";
    }
    return seconds / 86400 + "d";
  }
}
