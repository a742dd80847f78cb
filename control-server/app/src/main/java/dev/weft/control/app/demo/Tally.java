package dev.weft.control.app.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts answers per user and what answered, and prints them as a table. Not thread-safe. */
final class Tally {

  private final Map<String, Map<String, List<Long>>> byUser = new TreeMap<>();

  void add(String user, Traffic.Answer answer) {
    byUser
        .computeIfAbsent(user, key -> new TreeMap<>())
        .computeIfAbsent(answer.what(), key -> new ArrayList<>())
        .add(answer.millis());
  }

  /** One line: how the answers are spread so far. */
  String summary() {
    StringBuilder text = new StringBuilder();
    byUser.forEach(
        (user, answers) ->
            answers.forEach(
                (what, millis) ->
                    text.append(text.isEmpty() ? "" : "   ")
                        .append(user)
                        .append(" -> ")
                        .append(what)
                        .append(": ")
                        .append(millis.size())));
    return text.toString();
  }

  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "   %-10s %-12s %9s %7s %8s",
            "user",
            "answered by",
            "requests",
            "share",
            "p50 ms"));
    byUser.forEach(
        (user, answers) -> {
          int total = answers.values().stream().mapToInt(List::size).sum();
          answers.forEach((what, millis) -> lines.add(row(user, what, millis, total)));
        });
    return lines;
  }

  private static String row(String user, String what, List<Long> millis, int total) {
    List<Long> sorted = millis.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "   %-10s %-12s %9d %6.1f%% %8d",
        user,
        what,
        sorted.size(),
        100.0 * sorted.size() / total,
        sorted.get(sorted.size() / 2));
  }
}
