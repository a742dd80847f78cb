package dev.weft.control.core;

import dev.weft.policy.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a rule of a RequestAuthentication says that its issuer's keys are.
 *
 * @param path of the field that says so
 * @param uri of the keys or, where the rule names only the issuer, of its discovery document
 */
record KeyLocation(String path, String issuer, String uri) {

  private static final String DISCOVERY = "/.well-known/openid-configuration";

  /** All in the resource; none where keys are given or the kind is another. */
  static List<KeyLocation> of(Resource resource) {
    List<KeyLocation> found = new ArrayList<>();
    if (resource.key().kind().name().equals("RequestAuthentication")
        && Trees.map(resource.body(), "spec").get("jwtRules") instanceof List<?> rules) {
      for (int i = 0; i < rules.size(); i++) {
        Map<String, Object> rule = Trees.asMap(rules.get(i));
        String path = "spec.jwtRules[" + i + "]";
        String issuer = Trees.text(rule, "issuer");
        String uri = Trees.text(rule, "jwksUri");
        if (!Trees.text(rule, "jwks").isEmpty()) {
          continue;
        }
        if (!uri.isEmpty()) {
          found.add(new KeyLocation(path + ".jwksUri", issuer, uri));
        } else if (!issuer.isEmpty()) {
          String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
          found.add(new KeyLocation(path + ".issuer", issuer, base + DISCOVERY));
        }
      }
    }
    return found;
  }

  /** What is to say of the keys of {@code resource} at this moment. */
  static List<Problem> problems(Resource resource, JwksSource jwks) {
    List<Problem> problems = new ArrayList<>();
    for (KeyLocation location : of(resource)) {
      String problem = jwks.problem(location.uri());
      boolean there = jwks.jwks(location.uri()) != null;
      if (problem != null || !there) {
        problems.add(
            Problem.warning(
                location.path(),
                "",
                location.uri()
                    + ": "
                    + (problem == null ? "not fetched yet" : problem)
                    + (there
                        ? "; the keys that were fetched before stay in force"
                        : "; no token of issuer "
                            + location.issuer()
                            + " is valid until it can be fetched")));
      }
    }
    return problems;
  }
}
