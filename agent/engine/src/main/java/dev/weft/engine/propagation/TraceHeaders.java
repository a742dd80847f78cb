package dev.weft.engine.propagation;

/** The headers of a trace, and which of their values mean anything. */
final class TraceHeaders {

  static final String PARENT = "traceparent";
  static final String STATE = "tracestate";
  static final String B3 = "b3";
  static final String B3_TRACE = "x-b3-traceid";

  private static final String B3_SPAN = "x-b3-spanid";
  private static final String B3_PARENT = "x-b3-parentspanid";
  private static final String B3_SAMPLED = "x-b3-sampled";
  private static final String B3_FLAGS = "x-b3-flags";

  /** Where the sender of a request tells its span: together, or not at all. */
  private static final String[] ALL = {
    PARENT, STATE, B3, B3_TRACE, B3_SPAN, B3_PARENT, B3_SAMPLED, B3_FLAGS
  };

  private static final int SHORT_ID = 16;
  private static final int LONG_ID = 32;

  /** {@code 00-<32>-<16>-<2>}. */
  private static final int PARENT_LENGTH = 55;

  private TraceHeaders() {}

  static String[] all() {
    return ALL;
  }

  static boolean isOne(String name) {
    for (String each : ALL) {
      if (each.equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a value is of the header's form; always true where the form is free. */
  static boolean isValid(String name, String value) {
    switch (name) {
      case PARENT:
        return isTraceParent(value);
      case B3:
        return isB3(value);
      case B3_TRACE:
        return isTraceId(value);
      case B3_SPAN:
      case B3_PARENT:
        return isId(value, SHORT_ID);
      case B3_SAMPLED:
        return value.equals("0")
            || value.equals("1")
            || value.equals("true")
            || value.equals("false");
      case B3_FLAGS:
        return value.equals("0") || value.equals("1");
      default:
        return true;
    }
  }

  /** A version after 00 may be followed by more. */
  private static boolean isTraceParent(String value) {
    if (value.length() < PARENT_LENGTH
        || (value.length() > PARENT_LENGTH
            && (value.startsWith("00") || value.charAt(PARENT_LENGTH) != '-'))) {
      return false;
    }
    return isHex(value, 0, 2, false)
        && !value.startsWith("ff")
        && value.charAt(2) == '-'
        && isHex(value, 3, 35, false)
        && !isZero(value, 3, 35)
        && value.charAt(35) == '-'
        && isHex(value, 36, 52, false)
        && !isZero(value, 36, 52)
        && value.charAt(52) == '-'
        && isHex(value, 53, 55, false);
  }

  /** {@code 0}, {@code 1}, {@code d}, or {@code trace-span[-sampled[-parent]]}. */
  private static boolean isB3(String value) {
    String[] parts = value.split("-", -1);
    if (parts.length == 1) {
      return isB3State(value);
    }
    return parts.length <= 4
        && isTraceId(parts[0])
        && isId(parts[1], SHORT_ID)
        && (parts.length < 3 || isB3State(parts[2]))
        && (parts.length < 4 || isId(parts[3], SHORT_ID));
  }

  private static boolean isB3State(String text) {
    return text.equals("0") || text.equals("1") || text.equals("d");
  }

  private static boolean isTraceId(String text) {
    return isId(text, LONG_ID) || isId(text, SHORT_ID);
  }

  private static boolean isId(String text, int length) {
    return text.length() == length && isHex(text, 0, length, true) && !isZero(text, 0, length);
  }

  private static boolean isHex(String text, int from, int to, boolean capitals) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      boolean hex =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (capitals && c >= 'A' && c <= 'F');
      if (!hex) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
