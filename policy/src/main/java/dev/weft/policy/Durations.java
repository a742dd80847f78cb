package dev.weft.policy;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Istio takes them: {@code 1.5s}, {@code 100ms}, {@code 1m}, {@code 1h30m}. */
final class Durations {

  static final long MALFORMED = Long.MIN_VALUE;
  static final long MILLISECOND = 1_000_000L;
  static final String SYNTAX = "a duration such as 1.5s, 100ms, 1m or 1h";

  // Go's syntax, which protobuf's "1.5s" is a part of. No repetition is nested: linear time.
  private static final Pattern PART =
      Pattern.compile("\\G([0-9]{1,18}(?:\\.[0-9]{0,18})?|\\.[0-9]{1,18})(ns|us|µs|ms|s|m|h)");

  private Durations() {}

  /** {@link #MALFORMED} when {@code text} is no duration or longer than 292 years. */
  static long nanos(String text) {
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    if ("0".equals(digits)) {
      return 0;
    }
    Matcher part = PART.matcher(digits);
    BigDecimal sum = BigDecimal.ZERO;
    int end = 0;
    while (part.find()) {
      sum =
          sum.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit(part.group(2)))));
      end = part.end();
    }
    if (end == 0 || end < digits.length()) {
      return MALFORMED;
    }
    if (sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      return MALFORMED;
    }
    return negative ? -sum.longValue() : sum.longValue();
  }

  private static long unit(String name) {
    switch (name) {
      case "ns":
        return 1;
      case "ms":
        return MILLISECOND;
      case "s":
        return 1_000_000_000L;
      case "m":
        return 60_000_000_000L;
      case "h":
        return 3_600_000_000_000L;
      default:
        return 1_000;
    }
  }
}
