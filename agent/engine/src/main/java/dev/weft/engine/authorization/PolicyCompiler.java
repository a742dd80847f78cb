package dev.weft.engine.authorization;

import dev.weft.model.AttributeMatch;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy;
import dev.weft.model.OperationMatch;
import dev.weft.model.SourceMatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes policies ready to be asked; one use per inbound policy. */
final class PolicyCompiler {

  private static final String HEADER = "request.headers[";
  private static final String CLAIMS = "request.auth.claims[";

  private final InboundPolicy inbound;

  /** Names of the headers that conditions ask for. */
  final Set<String> headers = new LinkedHashSet<>();

  PolicyCompiler(InboundPolicy inbound) {
    this.inbound = inbound;
  }

  /**
   * @throws IllegalArgumentException with path, value and what was expected
   */
  CompiledPolicy compile(AuthorizationPolicy policy) {
    String name = policy.source();
    int slash = name.indexOf('/');
    String namespace = slash < 0 ? "" : name.substring(0, slash);
    List<CompiledPolicy.Rule> rules = new ArrayList<>();
    for (int i = 0; i < policy.rules().size(); i++) {
      AuthorizationRule rule = policy.rules().get(i);
      String path = "rules[" + i + "].";
      Condition[][] from = new Condition[rule.from().size()][];
      for (int j = 0; j < from.length; j++) {
        from[j] = source(rule.from().get(j), namespace, path + "from[" + j + "].source.");
      }
      Condition[][] to = new Condition[rule.to().size()][];
      for (int j = 0; j < to.length; j++) {
        to[j] = operation(rule.to().get(j), path + "to[" + j + "].operation.");
      }
      List<Condition> when = new ArrayList<>();
      for (int j = 0; j < rule.when().size(); j++) {
        when(when, rule.when().get(j), namespace, path + "when[" + j + "].");
      }
      rules.add(new CompiledPolicy.Rule(from, to, when.toArray(new Condition[0])));
    }
    return new CompiledPolicy(policy, authorizer(policy), rules);
  }

  private @Nullable ExternalAuthorizer authorizer(AuthorizationPolicy policy) {
    if (policy.action() != AuthorizationPolicy.Action.CUSTOM) {
      return null;
    }
    List<String> known = new ArrayList<>();
    for (ExternalAuthorizer authorizer : inbound.externalAuthorizers()) {
      if (authorizer.name().equals(policy.provider())) {
        return authorizer;
      }
      known.add(authorizer.name());
    }
    throw new IllegalArgumentException(
        "provider.name: " + policy.provider() + " (expected: one of " + known + ")");
  }

  private Condition[] source(SourceMatch match, String namespace, String at) {
    List<Condition> all = new ArrayList<>();
    pair(
        all,
        at + "principals",
        match.principals(),
        match.notPrincipals(),
        values -> Probes.texts(values, subject -> subject.principal));
    pair(
        all,
        at + "requestPrincipals",
        match.requestPrincipals(),
        match.notRequestPrincipals(),
        ofRequest(Probes::requestPrincipals));
    pair(
        all,
        at + "namespaces",
        match.namespaces(),
        match.notNamespaces(),
        values -> Probes.texts(values, subject -> subject.part(1)));
    pair(
        all,
        at + "serviceAccounts",
        match.serviceAccounts(),
        match.notServiceAccounts(),
        values -> Probes.serviceAccounts(values, namespace));
    pair(
        all,
        at + "trustDomains",
        match.trustDomains(),
        match.notTrustDomains(),
        values -> Probes.texts(values, subject -> subject.part(0)));
    pair(
        all,
        at + "ipBlocks",
        match.ipBlocks(),
        match.notIpBlocks(),
        values -> Probes.addresses(values, Subject::sourceIp));
    pair(all, at + "remoteIpBlocks", match.remoteIpBlocks(), match.notRemoteIpBlocks(), remote());
    return all.toArray(new Condition[0]);
  }

  private Function<List<String>, Probe> remote() {
    int proxies = inbound.trustedProxies();
    if (proxies > 0) {
      headers.add("x-forwarded-for");
    }
    return values -> Probes.addresses(values, subject -> subject.remoteIp(proxies));
  }

  private Condition[] operation(OperationMatch match, String at) {
    List<Condition> all = new ArrayList<>();
    pair(all, at + "hosts", match.hosts(), match.notHosts(), ofRequest(Probes::hosts));
    pair(all, at + "ports", match.ports(), match.notPorts(), Probes::ports);
    pair(
        all,
        at + "methods",
        match.methods(),
        match.notMethods(),
        ofRequest(values -> Probes.texts(values, subject -> subject.method)));
    pair(all, at + "paths", match.paths(), match.notPaths(), ofRequest(Probes::paths));
    return all.toArray(new Condition[0]);
  }

  private void when(List<Condition> all, AttributeMatch match, String namespace, String at) {
    String name = at + match.key();
    if (match.values().isEmpty() && match.notValues().isEmpty()) {
      throw new IllegalArgumentException(at + "values: none (expected: at least one)");
    }
    pair(all, name, match.values(), match.notValues(), attribute(match.key(), namespace, at));
  }

  private Function<List<String>, Probe> attribute(String key, String namespace, String at) {
    switch (key) {
      case "source.ip":
        return values -> Probes.addresses(values, Subject::sourceIp);
      case "remote.ip":
        return remote();
      case "source.namespace":
        return values -> Probes.texts(values, subject -> subject.part(1));
      case "source.principal":
        return values -> Probes.texts(values, subject -> subject.principal);
      case "source.serviceAccount":
        return values -> Probes.serviceAccounts(values, namespace);
      case "source.trustDomain":
        return values -> Probes.texts(values, subject -> subject.part(0));
      case "request.auth.principal":
        return ofRequest(Probes::requestPrincipals);
      case "request.auth.audiences":
        return ofRequest(values -> Probes.claims(values, claims -> claims.audiences));
      case "request.auth.presenter":
        return ofRequest(
            values ->
                Probes.claims(
                    values,
                    claims ->
                        claims.presenter == null
                            ? Collections.emptyList()
                            : Collections.singletonList(claims.presenter)));
      case "destination.port":
        return Probes::ports;
      case "destination.ip":
      case "connection.sni":
        return values -> Probes.unknown();
      default:
        return nested(key, at);
    }
  }

  private Function<List<String>, Probe> nested(String key, String at) {
    if (key.startsWith(HEADER) && key.endsWith("]") && key.length() > HEADER.length() + 1) {
      String name = key.substring(HEADER.length(), key.length() - 1).toLowerCase(Locale.ROOT);
      headers.add(name);
      return values -> Probes.header(values, name);
    }
    if (key.startsWith(CLAIMS) && key.endsWith("]")) {
      String inner = key.substring(CLAIMS.length(), key.length() - 1);
      List<String> path = Arrays.asList(inner.split("\\]\\[", -1));
      if (!path.contains("")) {
        return ofRequest(values -> Probes.claims(values, claims -> claims.values(path)));
      }
    }
    throw new IllegalArgumentException(
        at + "key: " + key + " (expected: an attribute of Istio's AuthorizationPolicy)");
  }

  /** Of a connection it is not known. */
  private static Function<List<String>, Probe> ofRequest(Function<List<String>, Probe> attribute) {
    return values -> {
      Probe probe = attribute.apply(values);
      return (subject, path) -> subject.isRequest ? probe.test(subject, path) : Probe.UNKNOWN;
    };
  }

  private static void pair(
      List<Condition> all,
      String name,
      List<String> values,
      List<String> notValues,
      Function<List<String>, Probe> probe) {
    if (!values.isEmpty()) {
      add(all, name, values, false, probe);
    }
    if (!notValues.isEmpty()) {
      add(all, name + " (not)", notValues, true, probe);
    }
  }

  private static void add(
      List<Condition> all,
      String name,
      List<String> values,
      boolean negated,
      Function<List<String>, Probe> probe) {
    try {
      all.add(new Condition(name, probe.apply(values), negated, name.contains(".operation.paths")));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }
}
