package dev.weft.policy;

/** The rules of Istio's webhook for one {@code match} of an http route. */
final class HttpMatchRules {

  private static final String CLAIMS = "@request.auth.claims";

  private final Rules rules;

  HttpMatchRules(Rules rules) {
    this.rules = rules;
  }

  void check(Node match) {
    Node uri = match.get("uri");
    if ("".equals(uri.get("exact").textOrNull())) {
      rules.wrong(uri.get("exact"), "a path that begins with /");
    }
    if ("".equals(uri.get("regex").textOrNull())) {
      rules.wrong(uri.get("regex"), "a regular expression of RE2");
    }
    rules.regex(uri.get("regex"));
    nothingAsked(uri);
    for (String field : new String[] {"scheme", "method", "authority"}) {
      Node string = match.get(field);
      nothingAsked(string);
      string(string, false);
    }
    for (String field : new String[] {"headers", "withoutHeaders", "queryParams"}) {
      Node map = match.get(field);
      for (String name : map.entries().keySet()) {
        string(map.entry(name), field.equals("withoutHeaders"));
        if (!field.equals("queryParams")) {
          headerName(map.entry(name), name);
        }
      }
    }
    if (match.has("gateways") && !VirtualServiceRules.inMesh(match.get("gateways"))) {
      rules.noEffect(
          match.get("gateways"), "there is no gateway in this version, and mesh is not among them");
    }
    ignored(match, "sourceLabels");
    ignored(match, "sourceNamespace");
  }

  private void ignored(Node match, String field) {
    if (match.has(field) && !Rules.isEmpty(match.get("gateways"))) {
      rules.noEffect(match.get(field), "Istio ignores it in a match that lists gateways");
    }
  }

  private void nothingAsked(Node match) {
    if (match.present() && Rules.isEmpty(match)) {
      rules.warning(match, "asks nothing (expected: exact, prefix or regex)");
    }
  }

  private void headerName(Node at, String name) {
    if (name.startsWith(CLAIMS)) {
      rules.warning(at, "never holds: tokens are not checked in this version");
    } else {
      rules.header(at, name);
    }
  }

  private void string(Node match, boolean without) {
    for (String kind : new String[] {"prefix", "regex"}) {
      if ("".equals(match.get(kind).textOrNull())) {
        rules.wrong(match.get(kind), "not empty; {} matches any value");
      }
    }
    Node regex = match.get("regex");
    if (!without || !"*".equals(regex.text())) {
      rules.regex(regex);
    }
  }
}
