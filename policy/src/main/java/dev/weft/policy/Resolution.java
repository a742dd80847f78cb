package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import dev.weft.model.Endpoints;
import dev.weft.model.RouteTable;
import dev.weft.model.Upstream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What one name means to one caller, with everything that its routes refer to. Immutable. */
public final class Resolution {

  private final RouteTable routeTable;
  private final List<Upstream> upstreams;
  private final List<Endpoints> endpoints;
  private final Set<String> sources;
  private final List<String> explanation;
  private final List<Finding> findings;

  public Resolution(
      RouteTable routeTable,
      List<Upstream> upstreams,
      List<Endpoints> endpoints,
      Set<String> sources,
      List<String> explanation) {
    this(routeTable, upstreams, endpoints, sources, explanation, Collections.emptyList());
  }

  /**
   * @param sources the policy resources that took part, {@code kind/namespace/name@resourceVersion}
   * @param explanation how it came about, one step a line, for {@code weft explain}
   * @param findings what is wrong with the resources that took part
   */
  public Resolution(
      RouteTable routeTable,
      List<Upstream> upstreams,
      List<Endpoints> endpoints,
      Set<String> sources,
      List<String> explanation,
      List<Finding> findings) {
    this.routeTable = requireNonNull(routeTable, "routeTable");
    this.upstreams = Collections.unmodifiableList(new ArrayList<>(upstreams));
    this.endpoints = Collections.unmodifiableList(new ArrayList<>(endpoints));
    this.sources = Collections.unmodifiableSet(new LinkedHashSet<>(sources));
    this.explanation = Collections.unmodifiableList(new ArrayList<>(explanation));
    this.findings = Collections.unmodifiableList(new ArrayList<>(findings));
  }

  public RouteTable routeTable() {
    return routeTable;
  }

  public List<Upstream> upstreams() {
    return upstreams;
  }

  public List<Endpoints> endpoints() {
    return endpoints;
  }

  public Set<String> sources() {
    return sources;
  }

  public List<String> explanation() {
    return explanation;
  }

  /**
   * What is wrong with the resources that took part: a subset that no DestinationRule defines
   * (error), a host that nobody knows (warning).
   */
  public List<Finding> findings() {
    return findings;
  }

  /**
   * Whether every route leads to an upstream that is here. Where it is false the resource that is
   * named in an error of {@link #findings()} is not to be put in force: the last complete
   * resolution stays.
   */
  public boolean isComplete() {
    for (Finding finding : findings) {
      if (finding.problem().severity() == Problem.Severity.ERROR) {
        return false;
      }
    }
    return true;
  }
}
