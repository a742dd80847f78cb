package dev.weft.engine.authorization;

import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy;
import dev.weft.model.InboundPolicy.PathNormalization;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** All AuthorizationPolicies of a workload, ready to be asked. Immutable. */
public final class Authorization {

  private static final String DENIED = "rbac_access_denied_matched_policy[";

  private final PathNormalization normalization;
  private final Map<String, CompiledPolicy> bySource;
  private final Set<String> headers;
  private final List<CompiledPolicy> custom = new ArrayList<>();
  private final List<CompiledPolicy> deny = new ArrayList<>();
  private final List<CompiledPolicy> allow = new ArrayList<>();
  private final List<CompiledPolicy> audit = new ArrayList<>();
  private final List<CompiledPolicy> dryDeny = new ArrayList<>();
  private final List<CompiledPolicy> dryAllow = new ArrayList<>();
  private final boolean usesPath;

  private Authorization(
      PathNormalization normalization, Map<String, CompiledPolicy> bySource, Set<String> headers) {
    this.normalization = normalization;
    this.bySource = bySource;
    this.headers = Collections.unmodifiableSet(headers);
    boolean path = false;
    for (CompiledPolicy policy : bySource.values()) {
      listOf(policy).add(policy);
      path |= policy.usesPath && isEnforced(policy.source);
    }
    this.usesPath = path;
  }

  /**
   * Compiles the policies of {@code inbound}. One that is invalid keeps its version in {@code
   * last}; where it has none it refuses every request, if it is one that could refuse any.
   *
   * @param problems hears {@code namespace/name} and reason of each that is invalid
   */
  public static Authorization of(
      InboundPolicy inbound, @Nullable Authorization last, BiConsumer<String, String> problems) {
    PolicyCompiler compiler = new PolicyCompiler(inbound);
    Map<String, CompiledPolicy> compiled = new LinkedHashMap<>();
    for (AuthorizationPolicy policy : inbound.authorizationPolicies()) {
      CompiledPolicy made;
      try {
        made = compiler.compile(policy);
      } catch (RuntimeException e) {
        problems.accept(
            policy.source(),
            e instanceof IllegalArgumentException ? String.valueOf(e.getMessage()) : e.toString());
        made = last == null ? null : last.bySource.get(policy.source());
        if (made != null) {
          compiler.headers.addAll(last == null ? Collections.emptySet() : last.headers);
        } else if (isEnforced(policy)) {
          made = CompiledPolicy.broken(policy);
        } else {
          continue;
        }
      }
      // Two of one name cannot be; if they are, neither gets lost.
      String key = policy.source();
      while (compiled.containsKey(key)) {
        key += "'";
      }
      compiled.put(key, made);
    }
    return new Authorization(inbound.pathNormalization(), compiled, compiler.headers);
  }

  private static boolean isEnforced(AuthorizationPolicy policy) {
    return !policy.dryRun() && policy.action() != AuthorizationPolicy.Action.AUDIT;
  }

  private List<CompiledPolicy> listOf(CompiledPolicy policy) {
    boolean dry = policy.source.dryRun();
    switch (policy.source.action()) {
      case AUDIT:
        return audit;
      case CUSTOM:
        // A dry run asks nobody.
        return policy.broken ? deny : dry ? new ArrayList<>() : custom;
      case DENY:
        return dry ? dryDeny : deny;
      default:
        return dry ? dryAllow : policy.broken ? deny : allow;
    }
  }

  /** Whether any policy could refuse a request. */
  public boolean isEnforced() {
    return !(custom.isEmpty() && deny.isEmpty() && allow.isEmpty());
  }

  /** The headers that conditions ask for, in lower case. */
  public Collection<String> headers() {
    return headers;
  }

  /** Whether there is anything to ask at all. */
  public boolean isEmpty() {
    return bySource.isEmpty();
  }

  /** CUSTOM, then DENY, then ALLOW; AUDIT and dry runs only tell. */
  public Decision decide(Subject subject) {
    List<Finding> findings = findings(subject);
    if (usesPath && subject.views(normalization) == null) {
      return new Decision(
          Decision.Result.BAD_PATH,
          "path_normalization_failed",
          "",
          Collections.emptyList(),
          findings);
    }
    List<ExternalAuthorizer> ask = asked(subject);
    for (CompiledPolicy policy : deny) {
      int rule = policy.match(subject, normalization);
      if (rule != CompiledPolicy.NO_MATCH) {
        return denied(policy.ruleName(rule), policy.source.source(), ask, findings);
      }
    }
    if (allow.isEmpty() || first(allow, subject) != null) {
      return new Decision(Decision.Result.ALLOWED, "", "", ask, findings);
    }
    return denied("none", "", ask, findings);
  }

  /** Istio permits one provider for a workload; if there are more, all are asked. */
  private List<ExternalAuthorizer> asked(Subject subject) {
    if (custom.isEmpty()) {
      return Collections.emptyList();
    }
    Set<ExternalAuthorizer> asked = new LinkedHashSet<>();
    for (CompiledPolicy policy : custom) {
      if (policy.authorizer != null
          && policy.match(subject, normalization) != CompiledPolicy.NO_MATCH) {
        asked.add(policy.authorizer);
      }
    }
    return Collections.unmodifiableList(new ArrayList<>(asked));
  }

  private static Decision denied(
      String rule, String policy, List<ExternalAuthorizer> ask, List<Finding> findings) {
    return new Decision(Decision.Result.DENIED, DENIED + rule + "]", policy, ask, findings);
  }

  private @Nullable CompiledPolicy first(List<CompiledPolicy> policies, Subject subject) {
    for (CompiledPolicy policy : policies) {
      if (policy.match(subject, normalization) != CompiledPolicy.NO_MATCH) {
        return policy;
      }
    }
    return null;
  }

  private List<Finding> findings(Subject subject) {
    if (audit.isEmpty() && dryDeny.isEmpty() && dryAllow.isEmpty()) {
      return Collections.emptyList();
    }
    List<Finding> findings = new ArrayList<>();
    for (CompiledPolicy policy : audit) {
      if (policy.match(subject, normalization) != CompiledPolicy.NO_MATCH) {
        findings.add(new Finding(Finding.Kind.AUDITED, policy.source.source()));
      }
    }
    CompiledPolicy refusing = first(dryDeny, subject);
    if (refusing != null) {
      findings.add(new Finding(Finding.Kind.SHADOW_DENIED, refusing.source.source()));
    } else if (!dryAllow.isEmpty()) {
      CompiledPolicy permitting = first(dryAllow, subject);
      findings.add(
          permitting == null
              ? new Finding(Finding.Kind.SHADOW_DENIED, "")
              : new Finding(Finding.Kind.SHADOW_ALLOWED, permitting.source.source()));
    }
    return Collections.unmodifiableList(findings);
  }

  /** What each policy says about {@code subject}, one a line, in the order of their evaluation. */
  public List<String> explain(Subject subject) {
    List<String> lines = new ArrayList<>();
    explain(lines, subject, "CUSTOM", custom);
    explain(lines, subject, "DENY", deny);
    explain(lines, subject, "ALLOW", allow);
    explain(lines, subject, "AUDIT", audit);
    explain(lines, subject, "DENY (dry run)", dryDeny);
    explain(lines, subject, "ALLOW (dry run)", dryAllow);
    return lines;
  }

  private void explain(
      List<String> lines, Subject subject, String action, List<CompiledPolicy> policies) {
    for (CompiledPolicy policy : policies) {
      int rule = policy.match(subject, normalization);
      lines.add(
          action
              + " AuthorizationPolicy "
              + policy.source.source()
              + (policy.broken
                  ? " is invalid and refuses everything"
                  : rule == CompiledPolicy.NO_MATCH
                      ? " does not match"
                      : " matches with rule " + rule));
    }
  }
}
