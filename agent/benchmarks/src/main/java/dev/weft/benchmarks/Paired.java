package dev.weft.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Two series that were measured in turn, and the ratio pair by pair. */
final class Paired {

  private final List<Double> bare = new ArrayList<>();
  private final List<Double> agent = new ArrayList<>();

  void add(double bareValue, double agentValue) {
    bare.add(bareValue);
    agent.add(agentValue);
  }

  double bareMedian() {
    return median(bare);
  }

  double agentMedian() {
    return median(agent);
  }

  /** Median of agent/bare over the pairs. */
  double ratio() {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < bare.size(); i++) {
      ratios.add(agent.get(i) / bare.get(i));
    }
    return median(ratios);
  }

  /** Median of agent-bare over the pairs. */
  double difference() {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < bare.size(); i++) {
      differences.add(agent.get(i) - bare.get(i));
    }
    return median(differences);
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int n = sorted.size();
    return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
  }
}
