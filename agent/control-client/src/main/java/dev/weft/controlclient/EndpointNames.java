package dev.weft.controlclient;

import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts addresses in the place of DNS names, so that the engine sees literals only. A name that
 * cannot be resolved (any more) keeps its last good answer; one that never could is left out.
 *
 * <p>Used on one thread, except for {@link #lookUp}, which may run on any.
 */
final class EndpointNames {

  private final HostLookup lookup;

  /** By upstream: what the server sent, names included; only those that have names. */
  private final Map<String, Endpoints> named = new HashMap<>();

  private final Map<String, List<String>> answers = new ConcurrentHashMap<>();

  EndpointNames(HostLookup lookup) {
    this.lookup = lookup;
  }

  /** Remembers {@code endpoints} where they hold names; forgets what was there before. */
  void keep(Endpoints endpoints) {
    if (namesOf(endpoints).isEmpty()) {
      named.remove(endpoints.name());
    } else {
      named.put(endpoints.name(), endpoints);
    }
  }

  void forget(String upstream) {
    named.remove(upstream);
  }

  /** By the answers that are known now. */
  Endpoints resolved(Endpoints endpoints) {
    if (namesOf(endpoints).isEmpty()) {
      return endpoints;
    }
    List<EndpointInfo> literal = new ArrayList<>();
    for (EndpointInfo endpoint : endpoints.endpoints()) {
      if (isLiteral(endpoint.address())) {
        literal.add(endpoint);
      } else {
        for (String address :
            answers.getOrDefault(endpoint.address(), Collections.<String>emptyList())) {
          literal.add(endpoint.toBuilder().address(address).build());
        }
      }
    }
    return endpoints.toBuilder().endpoints(literal).build();
  }

  /** Names in {@code endpoints} that were never resolved. */
  Set<String> unknown(Collection<Endpoints> endpoints) {
    Set<String> unknown = new TreeSet<>();
    for (Endpoints each : endpoints) {
      unknown.addAll(namesOf(each));
    }
    unknown.removeAll(answers.keySet());
    return unknown;
  }

  /** All names in use. */
  Set<String> all() {
    Set<String> all = new TreeSet<>();
    for (Endpoints each : named.values()) {
      all.addAll(namesOf(each));
    }
    return all;
  }

  /** Asks the resolver; blocks. Returns the addresses in a stable order; null for no answer. */
  @Nullable List<String> lookUp(String name) {
    try {
      List<String> found = new ArrayList<>(new TreeSet<>(lookup.lookup(name)));
      return found.isEmpty() ? null : found;
    } catch (UnknownHostException | RuntimeException e) {
      // Also a security manager that forbids it. The last good answer stays.
      return null;
    }
  }

  /** Takes new answers; returns what changes by them, resolved. */
  List<Endpoints> learn(Map<String, List<String>> news) {
    Set<String> changed = new TreeSet<>();
    for (Map.Entry<String, List<String>> answer : news.entrySet()) {
      if (!answer.getValue().equals(answers.put(answer.getKey(), answer.getValue()))) {
        changed.add(answer.getKey());
      }
    }
    List<Endpoints> resolved = new ArrayList<>();
    for (Endpoints each : new TreeMap<>(named).values()) {
      if (!Collections.disjoint(namesOf(each), changed)) {
        resolved.add(resolved(each));
      }
    }
    return resolved;
  }

  /** The answers of the names in use. */
  Map<String, List<String>> known() {
    Map<String, List<String>> known = new LinkedHashMap<>();
    for (String name : all()) {
      List<String> answer = answers.get(name);
      if (answer != null) {
        known.put(name, answer);
      }
    }
    answers.keySet().retainAll(known.keySet());
    return known;
  }

  private static Set<String> namesOf(Endpoints endpoints) {
    Set<String> names = Collections.emptySet();
    for (EndpointInfo endpoint : endpoints.endpoints()) {
      if (!isLiteral(endpoint.address())) {
        if (names.isEmpty()) {
          names = new TreeSet<>();
        }
        names.add(endpoint.address());
      }
    }
    return names;
  }

  /** Never asks a resolver. */
  static boolean isLiteral(String address) {
    if (address.indexOf(':') >= 0) {
      return true;
    }
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }
}
