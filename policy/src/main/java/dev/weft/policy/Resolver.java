package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import dev.weft.model.Registration;
import dev.weft.model.Route;
import dev.weft.model.RouteTable;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a name means to a caller. A pure function of the policy set; stateless. */
public final class Resolver {

  /** Where Istio gives names that are in no registry their routes. */
  private static final int PORT_OF_UNREGISTERED = 80;

  private Resolver() {}

  /**
   * Resolves {@code routeTable} for {@code caller}: its service by the name as the application
   * wrote it, the VirtualService of that service, and all upstreams and endpoints that the routes
   * name.
   *
   * @param caller namespace and labels decide what is visible; need not be in {@code policies}
   * @param routeTable {@code host:port}; without port 80 is meant
   */
  public static Resolution resolve(PolicySet policies, Registration caller, String routeTable) {
    requireNonNull(policies, "policies");
    requireNonNull(caller, "caller");
    Name name = Name.parse(requireNonNull(routeTable, "routeTable"));
    return new Step(policies, caller, name, routeTable).resolve();
  }

  /**
   * {@code caller} without what the answer for {@code routeTable} does not depend on: callers of
   * one standpoint get one answer. An address may be the caller's own, a name means the same to all
   * instances of a workload.
   */
  public static Registration standpoint(Registration caller, String routeTable) {
    Name name = Name.parse(routeTable);
    Registration.Builder seen =
        Registration.builder().namespace(caller.namespace()).labels(caller.labels());
    if (Names.isIp(name.host)) {
      AddressedService.addStandpoint(caller, name.host, name.port, seen);
    }
    return seen.build();
  }

  /** Whether {@code routeTable} is an address: what it means may differ within a workload. */
  public static boolean isAddress(String routeTable) {
    return Names.isIp(Name.parse(routeTable).host);
  }

  /** One resolution. */
  private static final class Step {
    private final PolicySet policies;
    private final Registration caller;
    private final Name name;
    private final String table;
    private final Destinations destinations;

    Step(PolicySet policies, Registration caller, Name name, String table) {
      this.policies = policies;
      this.caller = caller;
      this.name = name;
      this.table = table;
      this.destinations = new Destinations(policies, caller, name.host);
    }

    Resolution resolve() {
      List<String> names = policies.hosts.asWritten(hostOfAddress(), caller.namespace());
      Services services = new Services(policies);
      for (String host : names) {
        Service service = services.find(host, caller.namespace());
        if (service != null) {
          return ofService(service);
        }
      }
      AddressedService addressed = AddressedService.find(policies, caller, name.host, name.port);
      if (addressed != null) {
        return ofAddress(addressed);
      }
      for (String host : names) {
        VirtualServiceLookup lookup = VirtualServiceLookup.find(policies, host, caller.namespace());
        if (lookup != null && holdsWithoutService(lookup, host)) {
          explain(host + " is in no registry, a VirtualService names it");
          return routed(host, lookup.rule.namespace, lookup, null, name.port);
        }
      }
      explain(name.host + " is unknown to the mesh (asked for: " + String.join(", ", names) + ")");
      return unknown();
    }

    /** A client that resolved the name by itself addresses the service's own address. */
    private String hostOfAddress() {
      return policies.rules.hostsByAddress.getOrDefault(name.host, name.host);
    }

    /** A client that found the instance by itself. */
    private Resolution ofAddress(AddressedService addressed) {
      explain(addressed.reason);
      Service service = addressed.service;
      if (service == null) {
        return result(
            RouteTable.builder()
                .name(table)
                .disposition(RouteTable.Disposition.PASS_THROUGH)
                .build());
      }
      if (addressed.kept) {
        String upstream = destinations.addInstance(service, addressed.port, name.host, name.port);
        return result(
            RouteTable.builder()
                .name(table)
                .service(service.host)
                .serviceNamespace(service.namespace)
                .routes(Collections.singletonList(Routes.byDefault(upstream)))
                .build());
      }
      VirtualServiceLookup lookup =
          VirtualServiceLookup.find(policies, service.host, caller.namespace());
      return routed(service.host, service.namespace, lookup, service, addressed.port);
    }

    private Resolution ofService(Service service) {
      explain(name.host + " is service " + service.host + " (" + service.describe() + ")");
      if (!service.hasPort(name.port)) {
        explain("the service has no port " + name.port + ": unknown to the mesh");
        return unknown();
      }
      VirtualServiceLookup lookup =
          VirtualServiceLookup.find(policies, service.host, caller.namespace());
      return routed(service.host, service.namespace, lookup, service, name.port);
    }

    /**
     * Instances come and go, so a VirtualService keeps holding for a service of the mesh that has
     * none; other names have routes on one port, as in Istio.
     */
    private boolean holdsWithoutService(VirtualServiceLookup lookup, String host) {
      return name.port == PORT_OF_UNREGISTERED
          || (policies.hosts.isOfMesh(host) && lookup.names(policies, host));
    }

    private Resolution routed(
        String host,
        String namespace,
        @Nullable VirtualServiceLookup lookup,
        @Nullable Service service,
        int port) {
      RouteTable.Builder routes =
          RouteTable.builder().name(table).service(host).serviceNamespace(namespace);
      if (lookup == null && service != null) {
        explain("no VirtualService names it: default route");
        routes.routes(Collections.singletonList(Routes.byDefault(destinations.add(service, port))));
      } else if (lookup != null) {
        explain(lookup.rule.title() + " makes its routes");
        for (Rule ignored : lookup.ignored) {
          explain(
              ignored.title()
                  + " names the same host and is not asked: "
                  + lookup.rule.name()
                  + " comes first");
        }
        destinations.sources.add(lookup.rule.source());
        routes.source(lookup.rule.name()).routes(routes(lookup.rule, port));
      }
      return result(routes.build());
    }

    private List<Route> routes(Rule rule, int port) {
      List<Node> http = new Delegates(policies, destinations).expand(rule);
      return new Routes(rule, new MatchSelector(caller, port), destinations, port).build(http);
    }

    private Resolution unknown() {
      boolean blocked = policies.outboundMode() == PolicySet.OutboundMode.REGISTRY_ONLY;
      Rule opening =
          blocked ? PortsLetOut.find(policies, caller.namespace(), name.host, name.port) : null;
      if (opening != null) {
        blocked = false;
        destinations.sources.add(opening.source());
        explain(opening.title() + " lets out what goes to port " + name.port);
      }
      explain(
          blocked ? "outbound traffic is REGISTRY_ONLY: blocked" : "sent as if there were no mesh");
      return result(
          RouteTable.builder()
              .name(table)
              .disposition(
                  blocked ? RouteTable.Disposition.BLOCKED : RouteTable.Disposition.PASS_THROUGH)
              .build());
    }

    private Resolution result(RouteTable routes) {
      return new Resolution(
          routes,
          destinations.upstreams(),
          destinations.endpoints(),
          destinations.sources,
          destinations.explanation,
          destinations.findings);
    }

    private void explain(String line) {
      destinations.explanation.add(line);
    }
  }

  /** {@code host:port}. */
  private static final class Name {
    final String host;
    final int port;

    private Name(String host, int port) {
      this.host = host;
      this.port = port;
    }

    static Name parse(String text) {
      String lower = text.toLowerCase(Locale.ROOT);
      int colon = lower.lastIndexOf(':');
      boolean hasPort = colon > lower.lastIndexOf(']') && lower.indexOf(':') == colon;
      if (lower.startsWith("[")) {
        hasPort = colon > lower.indexOf(']');
      }
      String host = hasPort ? lower.substring(0, colon) : lower;
      int port = hasPort ? number(lower.substring(colon + 1)) : PORT_OF_UNREGISTERED;
      return new Name(
          host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host,
          port);
    }

    private static int number(String text) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        return 0;
      }
    }
  }
}
