package dev.weft.policy;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/** Collects problems up to a number that somebody may still read: hostile input has millions. */
final class Problems extends AbstractList<Problem> {

  static final int MAX = 500;

  private final List<Problem> problems = new ArrayList<>();

  @Override
  public boolean add(Problem problem) {
    if (problems.size() < MAX) {
      return problems.add(problem);
    }
    if (problems.size() == MAX) {
      problems.add(
          Problem.error("", "IST0106", "more than " + MAX + " problems; only these are shown"));
    }
    return false;
  }

  boolean isFull() {
    return problems.size() > MAX;
  }

  @Override
  public Problem get(int index) {
    return problems.get(index);
  }

  @Override
  public int size() {
    return problems.size();
  }
}
