package dev.weft.instrumentation.httpurlconnection;

import dev.weft.outbound.HeaderMutations;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Header fields in their order. Like the JDK's, a response's begin with the status line, which has
 * no name.
 */
final class Headers {

  private final List<@Nullable String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  /** The header fields of a response. */
  static Headers of(HttpURLConnection response) {
    Headers headers = new Headers();
    for (int i = 0; ; i++) {
      String value = response.getHeaderField(i);
      if (value == null) {
        return headers;
      }
      headers.add(response.getHeaderFieldKey(i), value);
    }
  }

  Headers copy() {
    Headers copy = new Headers();
    copy.names.addAll(names);
    copy.values.addAll(values);
    return copy;
  }

  Headers apply(HeaderMutations changes) {
    changes.apply(this::remove, this::set, this::add);
    return this;
  }

  void add(@Nullable String name, String value) {
    names.add(name);
    values.add(value);
  }

  void set(String name, String value) {
    int first = find(name, 0);
    if (first < 0) {
      add(name, value);
      return;
    }
    values.set(first, value);
    for (int i = find(name, first + 1); i >= 0; i = find(name, first + 1)) {
      names.remove(i);
      values.remove(i);
    }
  }

  void remove(String name) {
    for (int i = find(name, 0); i >= 0; i = find(name, i)) {
      names.remove(i);
      values.remove(i);
    }
  }

  private int find(String name, int from) {
    for (int i = from; i < names.size(); i++) {
      if (name.equalsIgnoreCase(names.get(i))) {
        return i;
      }
    }
    return -1;
  }

  void addTo(HttpURLConnection request) {
    for (int i = 0; i < names.size(); i++) {
      request.addRequestProperty(names.get(i), values.get(i));
    }
  }

  @Nullable String name(int index) {
    return index < names.size() ? names.get(index) : null;
  }

  @Nullable String value(int index) {
    return index < values.size() ? values.get(index) : null;
  }

  /** The last value, as the JDK answers. */
  @Nullable String last(@Nullable String name) {
    String last = null;
    for (int i = 0; i < names.size(); i++) {
      String each = names.get(i);
      if (each == null ? name == null : each.equalsIgnoreCase(name)) {
        last = values.get(i);
      }
    }
    return last;
  }

  @Nullable String joined(String name) {
    String joined = null;
    for (int i = find(name, 0); i >= 0; i = find(name, i + 1)) {
      joined = joined == null ? values.get(i) : joined + "," + values.get(i);
    }
    return joined;
  }

  /** All values by name, the last one first, as the JDK answers. */
  Map<@Nullable String, List<String>> map() {
    Map<@Nullable String, List<String>> map = new LinkedHashMap<>();
    for (int i = names.size() - 1; i >= 0; i--) {
      map.computeIfAbsent(names.get(i), any -> new ArrayList<>()).add(values.get(i));
    }
    map.replaceAll((name, list) -> Collections.unmodifiableList(list));
    return Collections.unmodifiableMap(map);
  }
}
