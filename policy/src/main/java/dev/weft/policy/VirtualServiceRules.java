package dev.weft.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of Istio's webhook for a VirtualService; http routes are {@link HttpRouteRules}. */
final class VirtualServiceRules {

  private final Rules rules;

  VirtualServiceRules(Rules rules) {
    this.rules = rules;
  }

  void check(Node spec) {
    boolean delegate = Rules.isEmpty(spec.get("hosts"));
    boolean mesh = inMesh(spec.get("gateways"));
    if (delegate) {
      delegateOnly(spec);
    } else {
      hosts(spec.get("hosts"), mesh);
    }
    if (Rules.isEmpty(spec.get("http"))
        && Rules.isEmpty(spec.get("tcp"))
        && Rules.isEmpty(spec.get("tls"))) {
      rules.error(spec, "has no route (expected: http, tls or tcp)");
    }
    gateways(spec.get("gateways"), mesh);
    rules.exportTo(spec.get("exportTo"));
    HttpRouteRules http = new HttpRouteRules(rules, delegate);
    for (Node route : spec.get("http").items()) {
      http.check(route);
    }
    for (String kind : new String[] {"tcp", "tls"}) {
      for (Node route : spec.get(kind).items()) {
        for (Node destination : route.get("route").items()) {
          rules.destination(destination.get("destination"));
        }
      }
    }
    reachable(spec.get("http").items());
  }

  static boolean inMesh(Node gateways) {
    return Rules.isEmpty(gateways) || gateways.textItems().contains("mesh");
  }

  private void delegateOnly(Node spec) {
    if (!Rules.isEmpty(spec.get("gateways"))) {
      rules.missing(spec.get("hosts"), "at least one host; a delegate has neither gateways");
    }
    if (!Rules.isEmpty(spec.get("tcp")) || !Rules.isEmpty(spec.get("tls"))) {
      rules.missing(spec.get("hosts"), "at least one host; a delegate has http routes only");
    }
  }

  private void hosts(Node hosts, boolean mesh) {
    for (Node host : hosts.items()) {
      if (Rules.isEmpty(host)) {
        rules.missing(host, "a host name");
      } else if ("*".equals(host.text()) && mesh) {
        rules.wrong(host, "a host name; * alone is for gateways, not for the mesh");
      } else {
        rules.host(host, true);
      }
    }
    rules.noDuplicates(hosts, "host");
  }

  private void gateways(Node gateways, boolean mesh) {
    for (Node gateway : gateways.items()) {
      String name = gateway.text().substring(gateway.text().indexOf('/') + 1);
      if (gateway.isText() && !Names.isDnsSubdomain(name)) {
        rules.wrong(gateway, "mesh, the name of a Gateway, or namespace/name");
      } else if (mesh && !"mesh".equals(gateway.text())) {
        rules.noEffect(gateway, "there is no gateway in this version; the part for the mesh holds");
      }
    }
    if (!mesh) {
      rules.noEffect(
          gateways, "there is no gateway in this version, and mesh is not among the gateways");
    }
  }

  /** A rule after a catch-all is never asked, nor is a match that stood before. */
  private void reachable(List<Node> routes) {
    Set<Object> seen = new HashSet<>();
    Node catchAll = null;
    for (Node route : routes) {
      if (catchAll != null) {
        rules.add(
            Problem.warning(
                route.path(),
                "IST0130",
                "is never reached: " + catchAll.path() + " matches every request"));
        continue;
      }
      List<Node> matches = route.get("match").items();
      boolean all = matches.isEmpty();
      for (Node match : matches) {
        if (match.present() && !seen.add(Matches.conditions(match))) {
          rules.add(
              Problem.warning(
                  match.path(), "IST0131", "never decides: the same match stands before it"));
        }
        all |= Matches.isCatchAll(match);
      }
      if (all) {
        catchAll = route;
      }
    }
  }
}
