package dev.weft.policy;

import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * One service as one client sees it: instances that registered themselves under its name, and the
 * ServiceEntries that name its host. Immutable.
 */
final class Service {

  /** The full name, or a wildcard name. */
  final String host;

  final String namespace;

  /** Registered under this very name; READY or not. */
  final List<Registration> instances;

  /** Oldest first, all of one namespace. */
  final List<Rule> entries;

  /** Declared by the entries; empty where there are none: then it answers on every port. */
  final List<ServicePort> ports;

  Service(String host, String namespace, List<Registration> instances, List<Rule> entries) {
    this.host = host;
    this.namespace = namespace;
    this.instances = instances;
    this.entries = Collections.unmodifiableList(new ArrayList<>(entries));
    this.ports = Collections.unmodifiableList(portsOf(entries));
  }

  boolean declaresPorts() {
    return !ports.isEmpty();
  }

  boolean hasPort(int number) {
    return ports.isEmpty() || ServicePort.find(ports, number) != null;
  }

  /** What is spoken on a port, in upper case; empty when nobody says. */
  String protocol(int number) {
    ServicePort declared = ServicePort.find(ports, number);
    if (declared != null) {
      return declared.protocol();
    }
    for (Registration instance : instances) {
      int target = EndpointFinder.port(instance, this, number);
      for (Port port : instance.ports()) {
        if (port.number() == target) {
          return port.tls() ? "HTTPS" : port.protocol().toUpperCase(Locale.ROOT);
        }
      }
    }
    return "";
  }

  /** The port that a destination without port means; 0 when it has to be named. */
  int defaultPort(int listener) {
    if (ports.size() == 1) {
      return ports.get(0).number;
    }
    return hasPort(listener) ? listener : 0;
  }

  Set<String> subjectAltNames() {
    Set<String> names = new TreeSet<>();
    for (Rule entry : entries) {
      names.addAll(entry.spec.get("subjectAltNames").textItems());
    }
    return names;
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    if (!instances.isEmpty()) {
      long ready = instances.stream().filter(i -> i.state() == Registration.State.READY).count();
      text.append(ready).append(" of ").append(instances.size()).append(" instances ready");
    }
    for (Rule entry : entries) {
      text.append(text.length() == 0 ? "" : ", ").append(entry.title());
    }
    return text.toString();
  }

  private static List<ServicePort> portsOf(List<Rule> entries) {
    List<ServicePort> ports = new ArrayList<>();
    for (Rule entry : entries) {
      for (ServicePort port : ServicePort.of(entry.spec)) {
        if (ServicePort.find(ports, port.number) == null) {
          ports.add(port);
        }
      }
    }
    return ports;
  }

  /** {@code NONE} where the entry says nothing. */
  static String resolution(Rule entry) {
    String resolution = entry.spec.get("resolution").text().toUpperCase(Locale.ROOT);
    return resolution.isEmpty() ? "NONE" : resolution;
  }
}
