package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.model.JwtRule;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What PeerAuthentication, RequestAuthentication and AuthorizationPolicy mean for one workload: a
 * pure function of the policy set; stateless.
 */
public final class InboundResolver {

  private InboundResolver() {}

  /**
   * @param workload whose inbound side is asked for; its namespace and labels decide, and it need
   *     not be in {@code policies}
   */
  public static InboundResolution resolve(PolicySet policies, Registration workload) {
    return new Step(requireNonNull(policies, "policies"), requireNonNull(workload, "workload"))
        .resolve();
  }

  /** One resolution. */
  private static final class Step {
    private static final String DENIED = "every request that it selects is denied";

    private final PolicySet policies;
    private final Registration workload;
    private final InboundPolicy.Builder result = InboundPolicy.builder();
    private final List<JwtRule> jwtRules = new ArrayList<>();
    private final List<AuthorizationPolicy> authorization = new ArrayList<>();
    private final Map<String, ExternalAuthorizer> authorizers = new LinkedHashMap<>();
    private final Set<String> sources = new LinkedHashSet<>();
    private final List<String> explanation = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    Step(PolicySet policies, Registration workload) {
      this.policies = policies;
      this.workload = workload;
    }

    InboundResolution resolve() {
      mutualTls();
      for (SecurityIndex.Selected selected :
          policies.security.requests(workload.namespace(), workload.labels())) {
        request(selected);
      }
      List<SecurityIndex.Selected> selecting =
          policies.security.authorizations(workload.namespace(), workload.labels());
      for (SecurityIndex.Selected selected : selecting) {
        authorization(selected);
      }
      if (authorization.isEmpty()) {
        explain("no AuthorizationPolicy selects it: every request is allowed");
      }
      InboundPolicy policy =
          result
              .jwtRules(jwtRules)
              .authorizationPolicies(authorization)
              .externalAuthorizers(new ArrayList<>(authorizers.values()))
              .pathNormalization(policies.pathNormalization())
              .trustedProxies(policies.trustedProxies())
              .trustDomain(policies.trustDomain())
              .trustDomainAliases(policies.trustDomainAliases())
              .build();
      return new InboundResolution(policy, sources, explanation, findings);
    }

    private void mutualTls() {
      PeerAuthentications peers = policies.security.peers;
      String namespace = workload.namespace();
      List<PeerAuthentications.Policy> own = oldest(peers.ofWorkload(namespace, workload.labels()));
      List<PeerAuthentications.Policy> ofNamespace = oldest(peers.ofNamespace(namespace));
      boolean isRoot = namespace.equals(policies.rootNamespace());
      List<PeerAuthentications.Policy> levels = new ArrayList<>(own);
      levels.addAll(ofNamespace);
      if (!isRoot) {
        levels.addAll(oldest(peers.ofNamespace(policies.rootNamespace())));
      }
      PeerAuthentications.Policy decides = null;
      for (PeerAuthentications.Policy level : levels) {
        sources.add(level.rule.source());
        if (level.refused != null) {
          refused(level.rule, level.refused, "what it selects is STRICT");
        }
        if (decides == null && level.mode != null) {
          decides = level;
        }
      }
      MutualTls mode = peers.mode(namespace, workload.labels());
      explain("mutual TLS is " + mode + why(decides));
      Map<Integer, MutualTls> ports = new LinkedHashMap<>();
      if (!own.isEmpty()) {
        for (Map.Entry<Integer, @Nullable MutualTls> port : own.get(0).ports.entrySet()) {
          MutualTls ofPort = port.getValue() == null ? mode : port.getValue();
          ports.put(port.getKey(), ofPort);
          explain(
              "mutual TLS of port "
                  + port.getKey()
                  + " is "
                  + ofPort
                  + ": "
                  + own.get(0).rule.title());
        }
      }
      result.mutualTls(mode).portMutualTls(ports);
    }

    private static String why(PeerAuthentications.@Nullable Policy decides) {
      return decides == null
          ? ": no PeerAuthentication says otherwise"
          : ": " + decides.rule.title();
    }

    /** The one that holds; of the others is said that they do not. */
    private List<PeerAuthentications.Policy> oldest(List<PeerAuthentications.Policy> sameLevel) {
      int one = Math.min(1, sameLevel.size());
      for (PeerAuthentications.Policy younger : sameLevel.subList(one, sameLevel.size())) {
        add(
            new Finding(
                younger.rule.key(),
                Problem.warning(
                    "",
                    "",
                    "is not asked for "
                        + title()
                        + ": "
                        + sameLevel.get(0).rule.name()
                        + " is older and says what holds there")));
      }
      return sameLevel.subList(0, one);
    }

    private void request(SecurityIndex.Selected selected) {
      sources.add(selected.rule.source());
      if (selected.authorization != null && selected.refused != null) {
        authorization.add(selected.authorization);
        refused(selected.rule, selected.refused, DENIED);
        return;
      }
      for (JwtRule rule : selected.jwtRules) {
        boolean fetched = !rule.jwksUri().isEmpty();
        String keys = fetched ? policies.jwks(rule.jwksUri()) : rule.jwks();
        jwtRules.add(rule.toBuilder().jwks(keys).build());
        explain(
            "tokens of "
                + rule.issuer()
                + " are taken: "
                + selected.rule.title()
                + (fetched ? ", keys of " + rule.jwksUri() : ""));
        if (keys.isEmpty()) {
          add(
              new Finding(
                  selected.rule.key(),
                  Problem.warning(
                      "spec.jwtRules",
                      "",
                      "the keys of " + rule.jwksUri() + " are not there: no token is valid")));
        }
      }
    }

    private void authorization(SecurityIndex.Selected selected) {
      sources.add(selected.rule.source());
      AuthorizationPolicy policy = selected.authorization;
      if (policy == null) {
        return;
      }
      authorization.add(policy);
      if (selected.refused != null) {
        refused(selected.rule, selected.refused, DENIED);
        return;
      }
      int rules = policy.rules().size();
      explain(
          selected.rule.title()
              + ": "
              + policy.action()
              + " with "
              + rules
              + (rules == 1 ? " rule" : " rules")
              + (policy.provider().isEmpty() ? "" : ", asks " + policy.provider())
              + (policy.dryRun() ? ", dry run" : ""));
      if (policy.action() == AuthorizationPolicy.Action.CUSTOM) {
        provider(selected.rule, policy.provider());
      }
    }

    private void provider(Rule rule, String name) {
      ExternalAuthorizer authorizer = policies.externalAuthorizers().get(name);
      if (authorizer != null) {
        authorizers.put(name, authorizer);
        return;
      }
      // The policy stays: whoever follows it cannot ask, and denies what it selects.
      add(
          new Finding(
              rule.key(),
              Problem.error(
                  "spec.provider.name",
                  "IST0101",
                  name
                      + ": no external authorizer has this name; requests that match are denied"
                      + " (known are: "
                      + String.join(", ", policies.externalAuthorizers().keySet())
                      + ")")));
    }

    private void refused(Rule rule, Problem why, String so) {
      add(
          new Finding(
              rule.key(),
              Problem.error("", why.code(), "is not valid, so " + so + ": " + why.text())));
    }

    private String title() {
      return workload.namespace() + "/" + workload.service();
    }

    private void add(Finding finding) {
      findings.add(finding);
      explain(finding.text());
    }

    private void explain(String line) {
      explanation.add(line);
    }
  }
}
