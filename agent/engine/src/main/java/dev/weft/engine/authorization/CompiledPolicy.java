package dev.weft.engine.authorization;

import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy.PathNormalization;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One AuthorizationPolicy, ready to be asked. Immutable. */
final class CompiledPolicy {

  static final int NO_MATCH = -1;

  /** One of {@code from}, one of {@code to}, all of {@code when}; an empty list always matches. */
  static final class Rule {
    private final Condition[][] from;
    private final Condition[][] to;
    private final Condition[] when;
    private final boolean usesPath;

    Rule(Condition[][] from, Condition[][] to, Condition[] when) {
      this.from = from;
      this.to = to;
      this.when = when;
      boolean path = false;
      for (Condition[] each : to) {
        for (Condition condition : each) {
          path |= condition.usesPath;
        }
      }
      for (Condition condition : when) {
        path |= condition.usesPath;
      }
      this.usesPath = path;
    }

    /** Refusing rules match in one view of the path, permitting ones in all. */
    boolean matches(Subject subject, List<String> views, boolean lenient) {
      if (!usesPath) {
        return matches(subject, subject.path(), lenient);
      }
      for (int i = 0; i < views.size(); i++) {
        if (matches(subject, views.get(i), lenient) == lenient) {
          return lenient;
        }
      }
      return !lenient;
    }

    private boolean matches(Subject subject, String path, boolean lenient) {
      return any(from, subject, path, lenient)
          && any(to, subject, path, lenient)
          && all(when, subject, path, lenient);
    }

    private static boolean any(Condition[][] many, Subject subject, String path, boolean lenient) {
      for (Condition[] each : many) {
        if (all(each, subject, path, lenient)) {
          return true;
        }
      }
      return many.length == 0;
    }

    private static boolean all(
        Condition[] conditions, Subject subject, String path, boolean lenient) {
      for (Condition condition : conditions) {
        if (!condition.matches(subject, path, lenient)) {
          return false;
        }
      }
      return true;
    }
  }

  final AuthorizationPolicy source;

  /** Null unless CUSTOM. */
  final @Nullable ExternalAuthorizer authorizer;

  /** Whether it stands for a policy that cannot be understood and therefore refuses everything. */
  final boolean broken;

  final boolean usesPath;
  private final Rule[] rules;

  CompiledPolicy(
      AuthorizationPolicy source, @Nullable ExternalAuthorizer authorizer, List<Rule> rules) {
    this(source, authorizer, rules, false);
  }

  private CompiledPolicy(
      AuthorizationPolicy source,
      @Nullable ExternalAuthorizer authorizer,
      List<Rule> rules,
      boolean broken) {
    this.source = source;
    this.authorizer = authorizer;
    this.rules = rules.toArray(new Rule[0]);
    this.broken = broken;
    boolean path = false;
    for (Rule rule : rules) {
      path |= rule.usesPath;
    }
    this.usesPath = path;
  }

  /** Refuses everything, because {@code source} is invalid and nobody knows what it would say. */
  static CompiledPolicy broken(AuthorizationPolicy source) {
    return new CompiledPolicy(source, null, Collections.emptyList(), true);
  }

  /** The index of the first rule that matches, or {@link #NO_MATCH}. */
  int match(Subject subject, PathNormalization normalization) {
    if (broken) {
      return 0;
    }
    boolean lenient = source.action() != AuthorizationPolicy.Action.ALLOW;
    List<String> views = Collections.singletonList(subject.path());
    if (usesPath) {
      List<String> known = subject.views(normalization);
      // A malformed path was refused before, unless nothing is enforced that asks for paths.
      views = known == null ? views : known;
    }
    for (int i = 0; i < rules.length; i++) {
      if (rules[i].matches(subject, views, lenient)) {
        return i;
      }
    }
    return NO_MATCH;
  }

  /** As Istio names a rule in the details of a response. */
  String ruleName(int rule) {
    String name = source.source();
    int slash = name.indexOf('/');
    return "ns["
        + (slash < 0 ? "" : name.substring(0, slash))
        + "]-policy["
        + name.substring(slash + 1)
        + "]-rule["
        + (broken ? "invalid" : Integer.toString(rule))
        + "]";
  }
}
