package dev.weft.control.push;

import dev.weft.model.Rejection;
import dev.weft.policy.Finding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Finds the policy behind a refused resource: an agent knows what it cannot follow, not who wrote
 * it.
 */
final class Blame {

  private Blame() {}

  /**
   * The same refusal once for each policy resource that is to blame: what core found wrong, else
   * the policies of the kind that makes such a resource, else all that took part.
   */
  static List<Rejection> of(Rejection rejection, Encoded.Table table) {
    List<Rejection> blamed = new ArrayList<>();
    for (Finding error : table.errors()) {
      blamed.add(
          rejection.toBuilder()
              .source(error.resource())
              .reason(rejection.reason() + "; " + error.text())
              .build());
    }
    if (!blamed.isEmpty()) {
      return blamed;
    }
    for (String source : guilty(rejection.kind(), table.sources())) {
      blamed.add(rejection.toBuilder().source(source).build());
    }
    return blamed.isEmpty() ? List.of(rejection) : blamed;
  }

  /**
   * The same for the inbound policy: what core found wrong, else the policies that the agent names,
   * else all that took part.
   */
  static List<Rejection> of(Rejection rejection, Encoded.Inbound inbound) {
    List<Rejection> blamed = new ArrayList<>();
    Set<String> named = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    for (String source : inbound.sources()) {
      String key = key(source);
      all.add(key);
      if (names(rejection, key)) {
        named.add(key);
      }
    }
    if (named.isEmpty()) {
      for (Finding error : inbound.errors()) {
        blamed.add(
            rejection.toBuilder()
                .source(error.resource())
                .reason(rejection.reason() + "; " + error.text())
                .build());
      }
    }
    if (blamed.isEmpty()) {
      for (String source : named.isEmpty() ? all : named) {
        blamed.add(rejection.toBuilder().source(source).build());
      }
    }
    return blamed.isEmpty() ? List.of(rejection) : blamed;
  }

  /** An agent knows a policy by {@code namespace/name}. */
  private static boolean names(Rejection rejection, String key) {
    String name = key.substring(key.indexOf('/') + 1);
    return rejection.source().equals(key)
        || rejection.source().equals(name)
        || Pattern.compile("(?<![-.\\w/])" + Pattern.quote(name) + "(?![-\\w/]|\\.\\w)")
            .matcher(rejection.reason())
            .find();
  }

  /** Of {@code kind/namespace/name@resourceVersion}. */
  private static String key(String source) {
    return source.substring(0, Math.max(source.lastIndexOf('@'), 0));
  }

  private static Set<String> guilty(String kind, Set<String> sources) {
    Set<String> all = new LinkedHashSet<>();
    Set<String> ofKind = new LinkedHashSet<>();
    for (String source : sources) {
      String key = key(source);
      all.add(key);
      boolean virtualService = key.startsWith("VirtualService/");
      if (kind.equals("RouteTable") == virtualService) {
        ofKind.add(key);
      }
    }
    return ofKind.isEmpty() ? all : ofKind;
  }
}
