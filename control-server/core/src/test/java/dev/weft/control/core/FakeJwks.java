package dev.weft.control.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys that a test sets. */
final class FakeJwks implements JwksSource {

  private final List<Runnable> listeners = new ArrayList<>();
  private final Map<String, String> sets = new HashMap<>();
  final Map<String, String> problems = new HashMap<>();
  Set<String> wanted = Set.of();

  void put(String uri, String jwks) {
    sets.put(uri, jwks);
    listeners.forEach(Runnable::run);
  }

  @Override
  public @Nullable String jwks(String uri) {
    return sets.get(uri);
  }

  @Override
  public @Nullable String problem(String uri) {
    return problems.get(uri);
  }

  @Override
  public void want(Set<String> uris) {
    wanted = Set.copyOf(uris);
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
