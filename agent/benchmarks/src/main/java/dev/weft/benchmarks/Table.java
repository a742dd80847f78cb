package dev.weft.benchmarks;

import java.util.Locale;

/** Prints one row per figure, with its target where there is one. */
final class Table {

  private static final String ROW = "%-46s %12s %12s %12s   %s%n";

  void head() {
    System.out.printf(ROW, "figure (medians)", "bare", "agent", "agent/bare", "target");
    System.out.println("-".repeat(110));
  }

  void ratio(String what, Paired pair, String unit, String target) {
    System.out.printf(
        ROW,
        what,
        number(pair.bareMedian()) + unit,
        number(pair.agentMedian()) + unit,
        String.format(Locale.ROOT, "%.3f", pair.ratio()),
        target);
  }

  void difference(String what, Paired pair, String unit, String target) {
    System.out.printf(
        ROW,
        what,
        number(pair.bareMedian()) + unit,
        number(pair.agentMedian()) + unit,
        String.format(Locale.ROOT, "%+.2f%s", pair.difference(), unit),
        target);
  }

  void single(String what, String value, String target) {
    System.out.printf(ROW, what, "", value, "", target);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3f", value);
  }
}
