package dev.weft.control.core;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as an operator writes them. */
public final class Spans {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(s|m|h|d)");

  private Spans() {}

  /**
   * @param text {@code 90s}, {@code 15m}, {@code 24h} or {@code 7d}
   * @throws IllegalArgumentException when it is something else
   */
  public static Duration parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + " (expected: such as 90s, 15m, 24h or 7d)");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }
}
