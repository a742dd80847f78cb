package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A problem of one resource that shows when all resources are seen together. Immutable. */
public final class Finding {

  private final String resource;
  private final Problem problem;

  Finding(String resource, Problem problem) {
    this.resource = requireNonNull(resource, "resource");
    this.problem = requireNonNull(problem, "problem");
  }

  /** {@code kind/namespace/name}. */
  public String resource() {
    return resource;
  }

  public Problem problem() {
    return problem;
  }

  /** For example {@code [IST0101] VirtualService/default/reviews spec.http[0]...: ...}. */
  public String text() {
    String code = problem.code().isEmpty() ? "" : "[" + problem.code() + "] ";
    return code + resource + " " + problem.text();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Finding
        && resource.equals(((Finding) other).resource)
        && problem.equals(((Finding) other).problem);
  }

  @Override
  public int hashCode() {
    return Objects.hash(resource, problem);
  }

  @Override
  public String toString() {
    return problem.severity() + " " + text();
  }
}
