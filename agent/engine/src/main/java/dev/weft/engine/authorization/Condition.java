package dev.weft.engine.authorization;

/** One line of a rule: an attribute is one of its values, or none of them. Immutable. */
final class Condition {

  /** As the policy names it. */
  final String name;

  final boolean usesPath;
  private final Probe probe;
  private final boolean negated;

  Condition(String name, Probe probe, boolean negated, boolean usesPath) {
    this.name = name;
    this.probe = probe;
    this.negated = negated;
    this.usesPath = usesPath;
  }

  /**
   * @param lenient what to answer where the attribute is unknown: true where a match refuses, false
   *     where it permits
   */
  boolean matches(Subject subject, String path, boolean lenient) {
    int result = probe.test(subject, path);
    return result == Probe.UNKNOWN ? lenient : (result == Probe.YES) != negated;
  }
}
