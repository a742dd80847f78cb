package dev.weft.engine;

import dev.weft.outbound.FailureKind;

/** Envoy's short response flags as bits, in the order in which Envoy writes them. */
final class Flags {

  static final int NO_HEALTHY_UPSTREAM = 1;
  static final int UPSTREAM_TIMEOUT = 1 << 1;
  static final int UPSTREAM_RESET = 1 << 2;
  static final int CONNECT_FAILURE = 1 << 3;
  static final int CONNECTION_TERMINATION = 1 << 4;
  static final int OVERFLOW = 1 << 5;
  static final int NO_ROUTE = 1 << 6;
  static final int DELAY_INJECTED = 1 << 7;
  static final int FAULT_INJECTED = 1 << 8;
  static final int CALLER_GONE = 1 << 9;
  static final int RETRIES_EXHAUSTED = 1 << 10;
  static final int NO_CLUSTER = 1 << 11;
  static final int UNAUTHORIZED = 1 << 12;

  private static final String[] SHORT = {
    "UH", "UT", "UR", "UF", "UC", "UO", "NR", "DI", "FI", "DC", "URX", "NC", "UAEX"
  };

  private Flags() {}

  /** Of an attempt that ended so, for good. */
  static int of(FailureKind kind) {
    switch (kind) {
      case CONNECT:
        return CONNECT_FAILURE;
      case REFUSED_STREAM:
        return UPSTREAM_RESET;
      case TIMEOUT:
        return UPSTREAM_TIMEOUT;
      default:
        return CONNECTION_TERMINATION;
    }
  }

  /** Comma-separated; {@code -} for none. */
  static String text(int flags) {
    if (flags == 0) {
      return "-";
    }
    if (Integer.bitCount(flags) == 1) {
      return SHORT[Integer.numberOfTrailingZeros(flags)];
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < SHORT.length; i++) {
      if ((flags & (1 << i)) != 0) {
        text.append(text.length() == 0 ? "" : ",").append(SHORT[i]);
      }
    }
    return text.toString();
  }
}
