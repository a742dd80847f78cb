package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import dev.weft.model.InboundPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What one workload does with requests that arrive, and why. Immutable. */
public final class InboundResolution {

  private final InboundPolicy policy;
  private final Set<String> sources;
  private final List<String> explanation;
  private final List<Finding> findings;

  /**
   * @param sources the policy resources that took part, {@code kind/namespace/name@resourceVersion}
   * @param explanation how it came about, one step a line
   * @param findings what is wrong with the resources that took part
   */
  public InboundResolution(
      InboundPolicy policy, Set<String> sources, List<String> explanation, List<Finding> findings) {
    this.policy = requireNonNull(policy, "policy");
    this.sources = Collections.unmodifiableSet(new LinkedHashSet<>(sources));
    this.explanation = Collections.unmodifiableList(new ArrayList<>(explanation));
    this.findings = Collections.unmodifiableList(new ArrayList<>(findings));
  }

  public InboundPolicy policy() {
    return policy;
  }

  public Set<String> sources() {
    return sources;
  }

  public List<String> explanation() {
    return explanation;
  }

  public List<Finding> findings() {
    return findings;
  }
}
