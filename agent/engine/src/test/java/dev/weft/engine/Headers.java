package dev.weft.engine;

import dev.weft.outbound.HeaderMutations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Header changes, taken apart. */
final class Headers {
  final List<String> removed = new ArrayList<>();
  final Map<String, String> set = new LinkedHashMap<>();
  final List<String> added = new ArrayList<>();

  private Headers() {}

  static Headers of(HeaderMutations mutations) {
    Headers headers = new Headers();
    mutations.apply(
        headers.removed::add,
        headers.set::put,
        (name, value) -> headers.added.add(name + ": " + value));
    return headers;
  }
}
