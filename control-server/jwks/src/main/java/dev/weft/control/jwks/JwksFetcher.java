package dev.weft.control.jwks;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.JwksSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the wanted key sets, keeps them fresh, and keeps what it has when an issuer is away.
 * Thread-safe; listeners run on a thread of its own.
 */
public final class JwksFetcher implements JwksSource, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JwksFetcher.class);

  static final Duration REFRESH = Duration.ofMinutes(20);
  static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  static final Duration LAST_RETRY = Duration.ofMinutes(1);

  private final Worker worker;
  private final Fetch fetch;
  private final Clock clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Entry> entries = new TreeMap<>();
  private long fetches;
  private long failures;

  /** Gets one key set; waits. */
  interface Fetch extends AutoCloseable {
    String fetch(String uri) throws FetchException;

    @Override
    default void close() {}
  }

  /** Where fetches run, and time. */
  interface Worker extends AutoCloseable {
    void after(Duration delay, Runnable task);

    @Override
    void close();
  }

  /** One wanted URI; guarded by the fetcher. */
  private static final class Entry {
    private @Nullable String keys;
    private @Nullable String problem;
    private @Nullable Instant fetchedAt;
    private int failuresInARow;
  }

  /**
   * @param allowedCidrs private addresses that may be fetched from
   */
  public static JwksFetcher over(List<String> allowedCidrs) {
    KeyClient client = new KeyClient(new AddressRules(allowedCidrs), Lookup.SYSTEM);
    return new JwksFetcher(
        new Fetch() {
          @Override
          public String fetch(String uri) throws FetchException {
            return client.fetch(uri);
          }

          @Override
          public void close() {
            client.close();
          }
        },
        new Threads(),
        Clock.systemUTC());
  }

  JwksFetcher(Fetch fetch, Worker worker, Clock clock) {
    this.fetch = requireNonNull(fetch, "fetch");
    this.worker = requireNonNull(worker, "worker");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public synchronized @Nullable String jwks(String uri) {
    Entry entry = entries.get(uri);
    return entry == null ? null : entry.keys;
  }

  @Override
  public synchronized @Nullable String problem(String uri) {
    Entry entry = entries.get(uri);
    return entry == null ? null : entry.problem;
  }

  @Override
  public synchronized void want(Set<String> uris) {
    entries.keySet().retainAll(uris);
    for (String uri : uris) {
      if (!entries.containsKey(uri)) {
        Entry entry = new Entry();
        entries.put(uri, entry);
        worker.after(Duration.ZERO, () -> refresh(uri, entry));
      }
    }
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(requireNonNull(listener, "listener"));
  }

  @Override
  public synchronized Stats stats() {
    List<KeySet> sets = new ArrayList<>();
    entries.forEach(
        (uri, entry) -> sets.add(new KeySet(uri, entry.fetchedAt, entry.problem != null)));
    return new Stats(fetches, failures, sets);
  }

  private void refresh(String uri, Entry entry) {
    synchronized (this) {
      if (entries.get(uri) != entry) {
        return; // Nobody wants it any more, or it was wanted anew and has a round of its own.
      }
    }
    String keys = null;
    String problem = null;
    try {
      keys = fetch.fetch(uri);
    } catch (FetchException e) {
      problem = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      // A bug of ours or of the client; what is fetched must not end with it.
      LOG.warn("fetching {} failed", uri, e);
      problem = e.toString();
    }
    if (taken(uri, entry, keys, problem)) {
      listeners.forEach(Runnable::run);
    }
  }

  /** True when the keys are others than before. */
  private synchronized boolean taken(
      String uri, Entry entry, @Nullable String keys, @Nullable String problem) {
    if (entries.get(uri) != entry) {
      return false;
    }
    fetches++;
    boolean changed = false;
    if (keys == null) {
      failures++;
      if (entry.failuresInARow++ == 0) {
        LOG.warn(
            "keys of {}: {}; {}",
            uri,
            problem,
            entry.keys == null ? "its tokens are not valid until then" : "the last ones stay");
      }
    } else {
      if (entry.problem != null) {
        LOG.info("keys of {} are there", uri);
      }
      changed = !keys.equals(entry.keys);
      entry.keys = keys;
      entry.fetchedAt = clock.instant();
      entry.failuresInARow = 0;
    }
    entry.problem = problem;
    worker.after(pause(entry), () -> refresh(uri, entry));
    return changed;
  }

  private static Duration pause(Entry entry) {
    if (entry.failuresInARow == 0) {
      return REFRESH;
    }
    Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(entry.failuresInARow - 1, 20));
    return doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY;
  }

  @Override
  public void close() {
    worker.close();
    fetch.close();
  }
}
