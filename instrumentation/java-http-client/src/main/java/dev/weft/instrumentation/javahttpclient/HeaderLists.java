package dev.weft.instrumentation.javahttpclient;

import dev.weft.outbound.HeaderMutations;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A header block that can be changed. */
final class HeaderLists {

  private final Map<String, List<String>> lists = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  HeaderLists(@Nullable HttpHeaders headers) {
    if (headers != null) {
      headers.map().forEach((name, values) -> lists.put(name, new ArrayList<>(values)));
    }
  }

  HeaderLists apply(HeaderMutations changes) {
    changes.apply(this::remove, this::set, this::add);
    return this;
  }

  void remove(String name) {
    lists.remove(name);
  }

  void set(String name, String value) {
    lists.remove(name);
    add(name, value);
  }

  private void add(String name, String value) {
    lists.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
  }

  HttpHeaders toHttpHeaders() {
    return HttpHeaders.of(lists, (name, value) -> true);
  }

  /** All values of a header, joined; null when absent. */
  static @Nullable String joined(HttpHeaders headers, String name) {
    List<String> values = headers.allValues(name);
    return values.isEmpty() ? null : String.join(",", values);
  }
}
