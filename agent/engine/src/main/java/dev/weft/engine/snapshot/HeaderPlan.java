package dev.weft.engine.snapshot;

import dev.weft.model.HeaderOperations;
import dev.weft.outbound.HeaderMutations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header changes of a route and its destination, merged: the destination's {@code set} wins
 * over anything that the route does to the same name.
 */
public final class HeaderPlan {

  /** Changes nothing. */
  public static final HeaderPlan NONE =
      new HeaderPlan(
          new LinkedHashSet<>(), new ArrayList<>(), new ArrayList<>(), HeaderMutations.NONE);

  private static final class Entry {
    final String name;
    final HeaderTemplate value;

    Entry(String name, HeaderTemplate value) {
      this.name = name;
      this.value = value;
    }
  }

  private final Set<String> remove;
  private final List<Entry> set;
  private final List<Entry> add;
  private final @Nullable HeaderMutations constant;

  private HeaderPlan(
      Set<String> remove, List<Entry> set, List<Entry> add, @Nullable HeaderMutations constant) {
    this.remove = remove;
    this.set = set;
    this.add = add;
    this.constant = constant;
  }

  /**
   * @param destinationRemoves whether a name that the destination removes is removed after the
   *     route's changes (several destinations) or before them (one destination: Istio makes one
   *     flat list, and removes come first)
   */
  static HeaderPlan merge(
      HeaderOperations route, HeaderOperations destination, boolean destinationRemoves) {
    if (route.isEmpty() && destination.isEmpty()) {
      return NONE;
    }
    Set<String> overruled = lowerCase(destination.set().keySet());
    Set<String> remove = new LinkedHashSet<>();
    addNames(remove, route.remove());
    addNames(remove, destination.remove());
    if (destinationRemoves) {
      addNames(overruled, destination.remove());
    }
    Map<String, String> set = new LinkedHashMap<>();
    putAll(set, route.set(), overruled);
    putAll(set, destination.set(), new LinkedHashSet<>());
    List<Entry> add = new ArrayList<>();
    addAll(add, route.add(), overruled);
    addAll(add, destination.add(), new LinkedHashSet<>());
    List<Entry> sets = new ArrayList<>();
    addAll(sets, set, new LinkedHashSet<>());
    HeaderPlan plan = new HeaderPlan(remove, sets, add, null);
    return plan.isConstant()
        ? new HeaderPlan(remove, sets, add, plan.build(HeaderSource.NONE, HeaderSource.NONE))
        : plan;
  }

  private static Set<String> lowerCase(Set<String> names) {
    Set<String> lower = new LinkedHashSet<>();
    for (String name : names) {
      lower.add(name.toLowerCase(Locale.ROOT));
    }
    return lower;
  }

  private static void addNames(Set<String> to, List<String> names) {
    for (String name : names) {
      String lower = name.toLowerCase(Locale.ROOT);
      // A request without Host is not one, and pseudo headers are not headers.
      if (!isAuthority(lower) && !lower.startsWith(":")) {
        to.add(lower);
      }
    }
  }

  private static void putAll(
      Map<String, String> to, Map<String, String> values, Set<String> except) {
    for (Map.Entry<String, String> entry : values.entrySet()) {
      String name = entry.getKey().toLowerCase(Locale.ROOT);
      if (!except.contains(name)) {
        to.put(name, entry.getValue());
      }
    }
  }

  private static void addAll(List<Entry> to, Map<String, String> values, Set<String> except) {
    for (Map.Entry<String, String> entry : values.entrySet()) {
      String name = entry.getKey().toLowerCase(Locale.ROOT);
      if (!except.contains(name) && !isAuthority(name) && !name.startsWith(":")) {
        to.add(new Entry(name, HeaderTemplate.parse(entry.getValue())));
      }
    }
  }

  static boolean isAuthority(String lowerCaseName) {
    return lowerCaseName.equals("host") || lowerCaseName.equals(":authority");
  }

  /** The value that {@code set}, else {@code add}, gives the Host header; null for none. */
  static @Nullable String authority(HeaderOperations operations) {
    String set = authority(operations.set());
    return set != null ? set : authority(operations.add());
  }

  private static @Nullable String authority(Map<String, String> values) {
    for (Map.Entry<String, String> entry : values.entrySet()) {
      if (isAuthority(entry.getKey().toLowerCase(Locale.ROOT))) {
        return HeaderTemplate.parse(entry.getValue()).render(HeaderSource.NONE, HeaderSource.NONE);
      }
    }
    return null;
  }

  private boolean isConstant() {
    for (Entry entry : set) {
      if (!entry.value.isConstant()) {
        return false;
      }
    }
    for (Entry entry : add) {
      if (!entry.value.isConstant()) {
        return false;
      }
    }
    return true;
  }

  /** Whether a header, named in lower case, is taken away. */
  public boolean removes(String name) {
    return remove.contains(name);
  }

  /** The changes where no value depends on the request; else null. */
  public @Nullable HeaderMutations constant() {
    return constant;
  }

  /** The changes for one request or response. A value that renders to nothing is left out. */
  public HeaderMutations render(HeaderSource request, HeaderSource response) {
    return constant != null ? constant : build(request, response);
  }

  private HeaderMutations build(HeaderSource request, HeaderSource response) {
    HeaderMutations.Builder builder = HeaderMutations.builder();
    for (String name : remove) {
      builder.remove(name);
    }
    for (Entry entry : set) {
      String value = entry.value.render(request, response);
      if (!value.isEmpty()) {
        builder.set(entry.name, value);
      }
    }
    for (Entry entry : add) {
      String value = entry.value.render(request, response);
      if (!value.isEmpty()) {
        builder.add(entry.name, value);
      }
    }
    return builder.build();
  }
}
