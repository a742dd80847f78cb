package dev.weft.policy;

import java.util.Arrays;
import java.util.List;

/**
 * The rules of Istio's webhook for an AuthorizationPolicy; values are {@link AuthorizationValues}.
 */
final class AuthorizationPolicyRules {

  /** What is known of the caller only after CUSTOM policies were asked, in Istio. */
  private static final List<String> NOT_FOR_CUSTOM =
      Arrays.asList(
          "namespaces",
          "notNamespaces",
          "serviceAccounts",
          "notServiceAccounts",
          "trustDomains",
          "notTrustDomains",
          "principals",
          "notPrincipals",
          "requestPrincipals",
          "notRequestPrincipals");

  private static final String[] IDENTITIES = {
    "principals", "namespaces", "serviceAccounts", "trustDomains"
  };

  private static final String[] NOT_IDENTITIES = {
    "notPrincipals", "notNamespaces", "notServiceAccounts", "notTrustDomains"
  };

  private final Rules rules;
  private final AuthorizationValues values;

  AuthorizationPolicyRules(Rules rules) {
    this.rules = rules;
    this.values = new AuthorizationValues(rules);
  }

  void check(Node spec, Document document) {
    WorkloadSelector.check(spec, rules);
    dryRun(document);
    String action = spec.get("action").text();
    provider(spec, action);
    Node list = spec.get("rules");
    if (Rules.isEmpty(list)) {
      noRules(spec, action);
    }
    for (Node rule : list.items()) {
      rule(rule, action);
    }
  }

  private void dryRun(Document document) {
    String value = document.annotations().get(AuthorizationPolicies.DRY_RUN);
    if (value != null && !AuthorizationPolicies.isBoolean(value)) {
      rules.add(
          Problem.warning(
              "metadata.annotations[" + AuthorizationPolicies.DRY_RUN + "]",
              "IST0125",
              Trees.brief(value) + " (expected: true or false); the policy is followed"));
    }
  }

  private void provider(Node spec, String action) {
    Node provider = spec.get("provider");
    if ("CUSTOM".equals(action)) {
      if (Rules.isEmpty(provider.get("name"))) {
        rules.missing(provider.get("name"), "an external authorizer, as action is CUSTOM");
      }
    } else if (provider.present()) {
      rules.error(
          provider,
          "is set with action "
              + (action.isEmpty() ? "ALLOW" : action)
              + " (expected: only with CUSTOM)");
    }
  }

  private void noRules(Node spec, String action) {
    Node list = spec.get("rules");
    if ("DENY".equals(action) || "CUSTOM".equals(action)) {
      rules.missing(
          list, "a rule, as action is " + action + "; the empty rule {} matches every request");
    } else if ("AUDIT".equals(action)) {
      rules.warning(spec, "has no rules: it never matches (the empty rule {} always does)");
    }
  }

  private void rule(Node rule, String action) {
    notEmpty(rule, "from", "a source");
    notEmpty(rule, "to", "an operation");
    for (Node from : rule.get("from").items()) {
      if (from.present()) {
        source(from.get("source"), action);
      }
    }
    for (Node to : rule.get("to").items()) {
      if (to.present()) {
        operation(to.get("operation"));
      }
    }
    for (Node when : rule.get("when").items()) {
      if (when.present()) {
        when(when, action);
      }
    }
  }

  private void notEmpty(Node rule, String field, String expectation) {
    if (rule.has(field) && Rules.isEmpty(rule.get(field))) {
      rules.error(rule.get(field), "is empty (expected: " + expectation + ", or no " + field + ")");
    }
  }

  private void source(Node source, String action) {
    if (asksNothing(source)) {
      rules.missing(source, "at least one of its fields with a value");
      return;
    }
    boolean accounts = any(source, "serviceAccounts", "notServiceAccounts");
    if (accounts && any(source, "principals", "notPrincipals", "namespaces", "notNamespaces")) {
      rules.error(
          source,
          "has serviceAccounts together with principals or namespaces (expected: only one of"
              + " them)");
    }
    for (String field : source.entries().keySet()) {
      Node list = source.get(field);
      values.source(field, list);
      if ("CUSTOM".equals(action) && NOT_FOR_CUSTOM.contains(field) && !Rules.isEmpty(list)) {
        rules.error(list, "is set with action CUSTOM (expected: ipBlocks or remoteIpBlocks only)");
      }
    }
    if ("ALLOW".equals(action) || action.isEmpty()) {
      plaintext(source);
    }
  }

  /** Whoever has no identity is none of those that are named. */
  private void plaintext(Node source) {
    if (any(source, IDENTITIES)) {
      return;
    }
    for (String field : NOT_IDENTITIES) {
      if (!Rules.isEmpty(source.get(field))) {
        rules.warning(
            source.get(field),
            "allows callers without any identity too, those that speak plaintext (add principals:"
                + " [\"*\"] to ask for one)");
      }
    }
  }

  private void operation(Node operation) {
    if (asksNothing(operation)) {
      rules.missing(operation, "at least one of its fields with a value");
      return;
    }
    for (String field : operation.entries().keySet()) {
      values.operation(field, operation.get(field));
    }
  }

  private void when(Node when, String action) {
    Node key = when.get("key");
    if (Rules.isEmpty(key)) {
      rules.missing(key, "an attribute, for example request.headers[x-tenant]");
      return;
    }
    if (!key.isText()) {
      return;
    }
    if (Rules.isEmpty(when.get("values")) && Rules.isEmpty(when.get("notValues"))) {
      rules.missing(when.get("values"), "values or notValues of " + key.text());
    }
    values.condition(key, when.get("values"));
    values.condition(key, when.get("notValues"));
    boolean unknownYet =
        AuthorizationValues.isOfCaller(key.text()) || key.text().startsWith("request.auth.");
    if ("CUSTOM".equals(action) && unknownYet) {
      rules.wrong(key, "an attribute that is known before an external authorizer is asked");
    }
  }

  private static boolean any(Node node, String... fields) {
    for (String field : fields) {
      if (!Rules.isEmpty(node.get(field))) {
        return true;
      }
    }
    return false;
  }

  private static boolean asksNothing(Node node) {
    for (String field : node.entries().keySet()) {
      if (!Rules.isEmpty(node.get(field))) {
        return false;
      }
    }
    return true;
  }
}
