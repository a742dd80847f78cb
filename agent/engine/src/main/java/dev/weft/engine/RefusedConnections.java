package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Connections that this process refused to open: counted by reason for metrics, and told to people
 * with whom they were for and why. Thread-safe; bounded, whatever an application tries.
 */
public final class RefusedConnections {

  /** Of those whom refusals were for; what comes later shares a line. */
  private static final int MOST = 32;

  /** People read what goes wrong now. */
  private static final long TOLD_NANOS = 3_600_000_000_000L;

  /** As long as a host name can be. */
  private static final int LONGEST_NAME = 255;

  private static final String OTHERS = "others";

  private final Ticker ticker;
  private final Consumer<String> log;
  private final Map<String, Long> byReason = new TreeMap<>();
  private final Map<String, Refused> recent = new LinkedHashMap<>();

  /**
   * @param log takes a line for the operator when something is refused for the first time
   */
  public RefusedConnections(Ticker ticker, Consumer<String> log) {
    this.ticker = requireNonNull(ticker, "ticker");
    this.log = requireNonNull(log, "log");
  }

  private static final class Refused {
    final String to;
    final String reason;
    String why;
    long count;
    long last;

    Refused(String to, String reason, String why) {
      this.to = to;
      this.reason = reason;
      this.why = why;
    }
  }

  /** From now on {@link #counts} has this reason, be it with 0. */
  public synchronized void expect(String reason) {
    byReason.putIfAbsent(reason, 0L);
  }

  /**
   * A connection was refused.
   *
   * @param reason one of a few, as metrics name it
   * @param to the service, or the host and port, that it was for
   * @param why in words
   */
  public void add(String reason, String to, String why) {
    if (count(reason, to, why) == 1) {
      log.accept("refused the first connection of its kind to " + to + " (" + reason + "): " + why);
    }
  }

  private synchronized long count(String reason, String to, String why) {
    long now = ticker.nanos();
    Refused refused = find(reason, to, why, now);
    refused.count++;
    refused.last = now;
    refused.why = why;
    return byReason.merge(reason, 1L, Long::sum);
  }

  private Refused find(String reason, String to, String why, long now) {
    String name = to.length() > LONGEST_NAME ? to.substring(0, LONGEST_NAME) : to;
    Refused known = recent.get(reason + ' ' + name);
    if (known != null) {
      return known;
    }
    forget(now);
    String listed = recent.size() < MOST ? name : OTHERS;
    return recent.computeIfAbsent(reason + ' ' + listed, key -> new Refused(listed, reason, why));
  }

  private void forget(long now) {
    Iterator<Refused> each = recent.values().iterator();
    while (each.hasNext()) {
      if (now - each.next().last > TOLD_NANOS) {
        each.remove();
      }
    }
  }

  /** How many so far, by reason. */
  public synchronized Map<String, Long> counts() {
    return new TreeMap<>(byReason);
  }

  /** {@code refused 12 connections to reviews:80 (handshake): why}, of the last hour. */
  public List<String> lines() {
    return lines(count -> count == 1 ? "1 connection" : count + " connections");
  }

  /** As {@link #lines}, in numbers that seldom change: for whom every change costs something. */
  public List<String> roughLines() {
    return lines(
        count ->
            count == 1 ? "1 connection" : "at least " + Long.highestOneBit(count) + " connections");
  }

  private synchronized List<String> lines(LongFunction<String> number) {
    forget(ticker.nanos());
    List<String> lines = new ArrayList<>(recent.size());
    for (Refused each : recent.values()) {
      lines.add(
          "refused "
              + number.apply(each.count)
              + " to "
              + each.to
              + " ("
              + each.reason
              + "): "
              + each.why);
    }
    return lines;
  }
}
