package dev.weft.policy;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The service that has an endpoint under the ip:port which a client found by itself (Eureka, Nacos,
 * a list of its own). Immutable.
 */
final class AddressedService {

  /** The label of a caller that says what an instance's address means to it. */
  static final String LABEL = "weft.dev/addressed-instances";

  /** Its value for: the instance itself, and not its service. */
  static final String KEEP = "keep";

  private static final int HTTP = 80;

  private static final String LOOPBACK = "127.0.0.1";

  /** Nobody's address. */
  private static final String ELSEWHERE = "0.0.0.0";

  /** Null where the request is sent as it is, although the mesh knows the address. */
  final @Nullable Service service;

  /** The port by which the service is asked for what this address has. */
  final int port;

  /** Whether this very instance is meant. */
  final boolean kept;

  /** How it was found, or why it was not, for people. */
  final String reason;

  private AddressedService(@Nullable Service service, int port, boolean kept, String reason) {
    this.service = service;
    this.port = port;
    this.kept = kept;
    this.reason = reason;
  }

  /**
   * Null when nothing is known under the address.
   *
   * @param address an IP address; for names the answer is null
   */
  static @Nullable AddressedService find(
      PolicySet policies, Registration caller, String address, int port) {
    if (!Names.isIp(address) || (isLoopback(address) && !isLoopback(caller.address()))) {
      // Loopback means another machine to whom registered it than to whom calls it.
      return null;
    }
    String where = address + ":" + port;
    if (isOwn(caller, address, port)) {
      return sentAsItIs(where + " is the caller itself");
    }
    Set<String> hosts = registered(policies, address, port);
    if (hosts.isEmpty()) {
      hosts = declared(policies, address);
    }
    AddressedService found = null;
    for (String host : hosts) {
      AddressedService next = in(policies, caller, host, address, port);
      if (next != null && found != null && found.service != null && next.service != null) {
        return sentAsItIs(
            where + " is an endpoint of " + found.service.host + " and of " + next.service.host);
      }
      found = next == null ? found : next;
    }
    return found;
  }

  /** Whether an instance of the mesh asks for itself. */
  static boolean isOwn(Registration caller, String address, int port) {
    return caller.address().equals(address) && opens(caller, port);
  }

  /** What the answer depends on of the caller, beside namespace and labels. */
  static void addStandpoint(
      Registration caller, String address, int port, Registration.Builder to) {
    to.service(caller.service());
    if (isOwn(caller, address, port)) {
      to.address(address).ports(Collections.singletonList(Port.builder().number(port).build()));
    } else if (!caller.address().isEmpty()) {
      to.address(isLoopback(caller.address()) ? LOOPBACK : ELSEWHERE);
    }
  }

  private static AddressedService sentAsItIs(String reason) {
    return new AddressedService(null, 0, false, reason + ": sent as if there were no mesh");
  }

  /** The services of the ready instances there. */
  private static Set<String> registered(PolicySet policies, String address, int port) {
    Set<String> hosts = new LinkedHashSet<>(2);
    for (Registration instance : policies.instances.ofAddress(address)) {
      if (instance.state() == Registration.State.READY
          && !instance.service().isEmpty()
          && opens(instance, port)) {
        hosts.add(policies.hosts.ofService(instance.service(), instance.namespace()));
      }
    }
    return hosts;
  }

  /** The hosts of ServiceEntries that have, or select, an endpoint of that address. */
  private static Set<String> declared(PolicySet policies, String address) {
    Set<String> hosts = new LinkedHashSet<>(2);
    for (Rule entry : policies.rules.serviceEntriesOfAddress(address)) {
      for (String host : entry.spec.get("hosts").textItems()) {
        if (!host.startsWith("*")) {
          hosts.add(host.toLowerCase(Locale.ROOT));
        }
      }
    }
    return hosts;
  }

  /** Null when {@code host} has no such endpoint. */
  private static @Nullable AddressedService in(
      PolicySet policies, Registration caller, String host, String address, int port) {
    Service service = new Services(policies).find(host, caller.namespace());
    int asked = service == null ? 0 : portOf(policies, service, address, port);
    if (service == null || asked == 0) {
      return null;
    }
    String reason = address + ":" + port + " is an endpoint of " + host;
    if (KEEP.equals(caller.labels().get(LABEL))) {
      return new AddressedService(
          service, asked, true, reason + "; the caller's label " + LABEL + " keeps it");
    }
    if (host.equals(policies.hosts.ofService(caller.service(), caller.namespace()))) {
      return new AddressedService(
          service, asked, true, reason + ", the caller's own: this instance is meant");
    }
    if (caller.address().isEmpty()) {
      return new AddressedService(
          service, asked, true, reason + "; it may be the caller itself: this instance is meant");
    }
    return new AddressedService(
        service, asked, false, reason + ": the request is one to port " + asked + " of it");
  }

  /** The port of the service that leads to the endpoint; 0 when none does. */
  private static int portOf(PolicySet policies, Service service, String address, int port) {
    if (!service.declaresPorts()) {
      // The port that a name without port means, if it leads there: so both have one upstream.
      return leadsTo(policies, service, HTTP, address, port)
          ? HTTP
          : leadsTo(policies, service, port, address, port) ? port : 0;
    }
    for (ServicePort each : service.ports) {
      if (leadsTo(policies, service, each.number, address, port)) {
        return each.number;
      }
    }
    return 0;
  }

  private static boolean leadsTo(
      PolicySet policies, Service service, int asked, String address, int port) {
    List<EndpointInfo> endpoints =
        new EndpointFinder(policies).find(service, asked, Collections.emptyMap(), service.host);
    for (EndpointInfo endpoint : endpoints) {
      if (endpoint.port() == port && endpoint.address().equals(address)) {
        return true;
      }
    }
    return false;
  }

  private static boolean opens(Registration instance, int number) {
    for (Port port : instance.ports()) {
      if (port.number() == number) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLoopback(String address) {
    return address.startsWith("127.") || address.equals("::1");
  }
}
