package dev.weft.policy;

import dev.weft.model.AttributeMatch;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.OperationMatch;
import dev.weft.model.SourceMatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** An AuthorizationPolicy as data, with everything written out that an agent need not know. */
final class AuthorizationPolicies {

  static final String DRY_RUN = "istio.io/dry-run";

  /** As Go reads a bool. */
  private static final Set<String> TRUE =
      Collections.unmodifiableSet(
          new HashSet<>(Arrays.asList("1", "t", "T", "true", "TRUE", "True")));

  private static final Set<String> FALSE =
      Collections.unmodifiableSet(
          new HashSet<>(Arrays.asList("0", "f", "F", "false", "FALSE", "False")));

  private final TrustDomains trustDomains;

  AuthorizationPolicies(TrustDomains trustDomains) {
    this.trustDomains = trustDomains;
  }

  /**
   * @param rule a document that the validator takes
   */
  AuthorizationPolicy of(Rule rule) {
    List<AuthorizationRule> rules = new ArrayList<>();
    for (Node item : rule.spec.get("rules").items()) {
      rules.add(rule(item, rule.namespace));
    }
    return AuthorizationPolicy.builder()
        .source(rule.name())
        .action(action(rule.spec))
        .dryRun(TRUE.contains(rule.document.annotations().getOrDefault(DRY_RUN, "")))
        .provider(rule.spec.get("provider").get("name").text())
        .rules(rules)
        .build();
  }

  /** Whether the annotation {@link #DRY_RUN} may have this value. */
  static boolean isBoolean(String text) {
    return TRUE.contains(text) || FALSE.contains(text);
  }

  /** In the place of a document that the validator does not take. */
  static AuthorizationPolicy denyingAll(Rule rule) {
    return AuthorizationPolicy.builder()
        .source(rule.name())
        .action(AuthorizationPolicy.Action.DENY)
        .rules(Collections.singletonList(AuthorizationRule.builder().build()))
        .build();
  }

  static AuthorizationPolicy.Action action(Node spec) {
    String action = spec.get("action").text();
    return action.isEmpty()
        ? AuthorizationPolicy.Action.ALLOW
        : AuthorizationPolicy.Action.valueOf(action.toUpperCase(Locale.ROOT));
  }

  private AuthorizationRule rule(Node rule, String namespace) {
    List<SourceMatch> from = new ArrayList<>();
    for (Node item : rule.get("from").items()) {
      from.add(source(item.get("source"), namespace));
    }
    List<OperationMatch> to = new ArrayList<>();
    for (Node item : rule.get("to").items()) {
      to.add(operation(item.get("operation")));
    }
    List<AttributeMatch> when = new ArrayList<>();
    for (Node item : rule.get("when").items()) {
      when.add(attribute(item, namespace));
    }
    return AuthorizationRule.builder().from(from).to(to).when(when).build();
  }

  private SourceMatch source(Node source, String namespace) {
    return SourceMatch.builder()
        .principals(trustDomains.principals(source.get("principals").textItems()))
        .notPrincipals(trustDomains.principals(source.get("notPrincipals").textItems()))
        .requestPrincipals(source.get("requestPrincipals").textItems())
        .notRequestPrincipals(source.get("notRequestPrincipals").textItems())
        .namespaces(source.get("namespaces").textItems())
        .notNamespaces(source.get("notNamespaces").textItems())
        .serviceAccounts(accounts(source.get("serviceAccounts").textItems(), namespace))
        .notServiceAccounts(accounts(source.get("notServiceAccounts").textItems(), namespace))
        .trustDomains(trustDomains.domains(source.get("trustDomains").textItems()))
        .notTrustDomains(trustDomains.domains(source.get("notTrustDomains").textItems()))
        .ipBlocks(source.get("ipBlocks").textItems())
        .notIpBlocks(source.get("notIpBlocks").textItems())
        .remoteIpBlocks(source.get("remoteIpBlocks").textItems())
        .notRemoteIpBlocks(source.get("notRemoteIpBlocks").textItems())
        .build();
  }

  private static OperationMatch operation(Node operation) {
    return OperationMatch.builder()
        .hosts(operation.get("hosts").textItems())
        .notHosts(operation.get("notHosts").textItems())
        .ports(operation.get("ports").textItems())
        .notPorts(operation.get("notPorts").textItems())
        .methods(operation.get("methods").textItems())
        .notMethods(operation.get("notMethods").textItems())
        .paths(operation.get("paths").textItems())
        .notPaths(operation.get("notPaths").textItems())
        .build();
  }

  private AttributeMatch attribute(Node when, String namespace) {
    String key = when.get("key").text();
    return AttributeMatch.builder()
        .key(key)
        .values(values(key, when.get("values").textItems(), namespace))
        .notValues(values(key, when.get("notValues").textItems(), namespace))
        .build();
  }

  private List<String> values(String key, List<String> values, String namespace) {
    switch (key) {
      case "source.principal":
        return trustDomains.principals(values);
      case "source.trustDomain":
        return trustDomains.domains(values);
      case "source.serviceAccount":
        return accounts(values, namespace);
      default:
        return values;
    }
  }

  /** {@code sa} is of the namespace of the policy. */
  private static List<String> accounts(List<String> accounts, String namespace) {
    List<String> full = new ArrayList<>(accounts.size());
    for (String account : accounts) {
      full.add(account.indexOf('/') < 0 ? namespace + "/" + account : account);
    }
    return full;
  }
}
