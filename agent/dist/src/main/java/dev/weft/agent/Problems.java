package dev.weft.agent;

import dev.weft.bootstrap.Mesh;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the agent's own failures by kind and tells the operator of each kind once. Thread-safe.
 */
final class Problems implements Mesh.ProblemListener {

  /** More kinds than anybody reads; beyond it they are one. */
  private static final int MAX_KINDS = 100;

  private final ConcurrentHashMap<String, AtomicLong> counts = new ConcurrentHashMap<>();

  @Override
  public void onProblem(String where, Throwable problem) {
    String kind = where + ": " + problem.getClass().getName();
    AtomicLong count = counts.get(kind);
    if (count == null) {
      String key = counts.size() < MAX_KINDS ? kind : "other";
      AtomicLong made = new AtomicLong();
      AtomicLong before = counts.putIfAbsent(key, made);
      count = before == null ? made : before;
      if (before == null) {
        Console.say("problem of the agent, not of the application: " + where + ": " + at(problem));
      }
    }
    count.incrementAndGet();
  }

  /** How often each kind happened. */
  Map<String, Long> counts() {
    Map<String, Long> copy = new TreeMap<>();
    for (Map.Entry<String, AtomicLong> entry : counts.entrySet()) {
      copy.put(entry.getKey(), entry.getValue().get());
    }
    return copy;
  }

  private static String at(Throwable problem) {
    StackTraceElement[] stack = problem.getStackTrace();
    return stack.length == 0 ? problem.toString() : problem + " at " + stack[0];
  }
}
