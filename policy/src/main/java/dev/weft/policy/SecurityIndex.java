package dev.weft.policy;

import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.JwtRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The security documents of a policy set, read once and found by the workload that they select.
 * Authorization never fails open: a document that the validator does not take denies what it
 * selects. Immutable.
 */
final class SecurityIndex {

  /** A document that concerns requests of the workloads that it selects. */
  static final class Selected {
    final Rule rule;

    /** Null for a RequestAuthentication that is valid. */
    final @Nullable AuthorizationPolicy authorization;

    final List<JwtRule> jwtRules;

    /** What is wrong with it; null when the validator takes it. */
    final @Nullable Problem refused;

    private Selected(
        Rule rule,
        @Nullable AuthorizationPolicy authorization,
        List<JwtRule> jwtRules,
        @Nullable Problem refused) {
      this.rule = rule;
      this.authorization = authorization;
      this.jwtRules = jwtRules;
      this.refused = refused;
    }
  }

  final PeerAuthentications peers;
  private final String rootNamespace;
  private final SelectorIndex<Selected> authorizations = new SelectorIndex<>();
  private final SelectorIndex<Selected> requests = new SelectorIndex<>();
  private final SortedSet<String> jwksUris = new TreeSet<>();

  SecurityIndex(DocumentIndex documents, String rootNamespace, TrustDomains trustDomains) {
    this.rootNamespace = rootNamespace;
    this.peers = new PeerAuthentications(rootNamespace);
    AuthorizationPolicies policies = new AuthorizationPolicies(trustDomains);
    for (Rule rule : documents.security) {
      Problem refused = firstError(rule);
      Map<String, String> selector = WorkloadSelector.of(rule.spec);
      switch (rule.document.kind()) {
        case "PeerAuthentication":
          peers.add(rule, refused);
          break;
        case "RequestAuthentication":
          requests.add(rule.namespace, selector, request(rule, refused));
          break;
        default:
          authorizations.add(
              rule.namespace,
              selector,
              new Selected(
                  rule,
                  refused == null ? policies.of(rule) : AuthorizationPolicies.denyingAll(rule),
                  Collections.emptyList(),
                  refused));
      }
    }
    peers.freeze();
    authorizations.freeze();
    requests.freeze();
  }

  /** AuthorizationPolicies: of the root namespace first, then of its own; older ones first. */
  List<Selected> authorizations(String namespace, Map<String, String> labels) {
    List<Selected> found = new ArrayList<>(authorizations.select(rootNamespace, labels));
    if (!namespace.equals(rootNamespace)) {
      found.addAll(authorizations.select(namespace, labels));
    }
    return found;
  }

  /** RequestAuthentications: of its own namespace first, then of the root; older ones first. */
  List<Selected> requests(String namespace, Map<String, String> labels) {
    List<Selected> found = new ArrayList<>(requests.select(namespace, labels));
    if (!namespace.equals(rootNamespace)) {
      found.addAll(requests.select(rootNamespace, labels));
    }
    return found;
  }

  /** All places that keys are to be fetched from. */
  SortedSet<String> jwksUris() {
    return Collections.unmodifiableSortedSet(jwksUris);
  }

  private Selected request(Rule rule, @Nullable Problem refused) {
    if (refused != null) {
      return new Selected(
          rule, AuthorizationPolicies.denyingAll(rule), Collections.emptyList(), refused);
    }
    List<JwtRule> rules = RequestAuthentications.of(rule);
    for (JwtRule jwt : rules) {
      if (!jwt.jwksUri().isEmpty()) {
        jwksUris.add(jwt.jwksUri());
      }
    }
    return new Selected(rule, null, rules, null);
  }

  private static @Nullable Problem firstError(Rule rule) {
    for (Problem problem : Validator.validate(rule.document)) {
      if (problem.severity() == Problem.Severity.ERROR) {
        return problem;
      }
    }
    return null;
  }
}
