package dev.weft.control.push;

import dev.weft.model.Rejection;
import dev.weft.policy.Finding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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

  private static Set<String> guilty(String kind, Set<String> sources) {
    Set<String> all = new LinkedHashSet<>();
    Set<String> ofKind = new LinkedHashSet<>();
    for (String source : sources) {
      // kind/namespace/name@resourceVersion
      String key = source.substring(0, Math.max(source.lastIndexOf('@'), 0));
      all.add(key);
      boolean virtualService = key.startsWith("VirtualService/");
      if (kind.equals("RouteTable") == virtualService) {
        ofKind.add(key);
      }
    }
    return ofKind.isEmpty() ? all : ofKind;
  }
}
