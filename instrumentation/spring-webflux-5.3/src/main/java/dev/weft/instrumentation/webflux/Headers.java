package dev.weft.instrumentation.webflux;

import dev.weft.outbound.HeaderMutations;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * Spring's headers by those methods that are the same whether they are a map (until Spring 6) or
 * not.
 */
final class Headers {

  private Headers() {}

  /** All values of a header, joined; null when absent. */
  static @Nullable String joined(HttpHeaders headers, String name) {
    String first = headers.getFirst(name);
    if (first == null) {
      return null;
    }
    List<String> all = new ArrayList<>(1);
    headers.forEach(
        (key, values) -> {
          if (key.equalsIgnoreCase(name)) {
            all.addAll(values);
          }
        });
    return all.size() < 2 ? first : String.join(",", all);
  }

  static void apply(HeaderMutations changes, HttpHeaders headers) {
    changes.apply(name -> remove(headers, name), headers::set, headers::add);
  }

  private static void remove(HttpHeaders headers, String name) {
    if (headers.getFirst(name) == null) {
      return;
    }
    List<String> kept = new ArrayList<>();
    headers.forEach(
        (key, values) -> {
          if (!key.equalsIgnoreCase(name)) {
            for (String value : values) {
              kept.add(key);
              kept.add(value);
            }
          }
        });
    headers.clear();
    for (int i = 0; i < kept.size(); i += 2) {
      headers.add(kept.get(i), kept.get(i + 1));
    }
  }
}
