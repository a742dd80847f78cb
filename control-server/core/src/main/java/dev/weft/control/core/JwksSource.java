package dev.weft.control.core;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Public keys of token issuers, by the URI that a RequestAuthentication gives or, where it gives
 * none, that of the issuer's OpenID discovery document. The room {@code jwks} implements it.
 * Thread-safe; no method waits.
 */
public interface JwksSource {

  /** The key set, public keys only; null as long as it could not be fetched. */
  @Nullable String jwks(String uri);

  /** Why the newest try to fetch {@code uri} failed; null when it did not. */
  @Nullable String problem(String uri);

  /** Replaces the set of URIs that are fetched and kept fresh. */
  void want(Set<String> uris);

  /** Runs {@code listener} after a key set came or changed; it must be quick. */
  void onChange(Runnable listener);

  /** Numbers, for metrics. */
  default Stats stats() {
    return new Stats(0, 0, List.of());
  }

  /**
   * What was done since the start.
   *
   * @param fetches all of them
   * @param failures of these
   */
  record Stats(long fetches, long failures, List<KeySet> sets) {
    public Stats {
      sets = List.copyOf(sets);
    }
  }

  /**
   * One wanted URI.
   *
   * @param fetchedAt when its keys came last; null: never
   * @param failing whether the newest try failed
   */
  record KeySet(String uri, @Nullable Instant fetchedAt, boolean failing) {}

  /** Fetches nothing. */
  JwksSource NONE =
      new JwksSource() {
        @Override
        public @Nullable String jwks(String uri) {
          return null;
        }

        @Override
        public @Nullable String problem(String uri) {
          return "this server fetches no keys";
        }

        @Override
        public void want(Set<String> uris) {
          // Nothing is fetched.
        }

        @Override
        public void onChange(Runnable listener) {
          // It never changes.
        }
      };
}
