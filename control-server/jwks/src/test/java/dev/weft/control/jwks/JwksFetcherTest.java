package dev.weft.control.jwks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.core.JwksSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When keys are fetched, with time in the test's hand. */
@Timeout(20)
final class JwksFetcherTest {

  private static final String A = "https://a.example/keys";
  private static final String B = "https://b.example/keys";

  private final Map<String, String> issuers = new HashMap<>();
  private final List<String> fetched = new ArrayList<>();
  private final Deque<Task> tasks = new ArrayDeque<>();
  private final AtomicInteger told = new AtomicInteger();
  private boolean closed;
  private final JwksFetcher fetcher =
      new JwksFetcher(
          this::fetch,
          new JwksFetcher.Worker() {
            @Override
            public void after(Duration delay, Runnable task) {
              tasks.add(new Task(delay, task));
            }

            @Override
            public void close() {
              closed = true;
            }
          },
          Clock.fixed(Instant.ofEpochSecond(7), ZoneOffset.UTC));

  private record Task(Duration delay, Runnable work) {}

  JwksFetcherTest() {
    fetcher.onChange(told::incrementAndGet);
  }

  @Test
  void wantedKeysAreFetchedOnceAndRefreshed() {
    issuers.put(A, "keys of a");
    fetcher.want(Set.of(A));
    fetcher.want(Set.of(A));
    assertThat(fetcher.jwks(A)).isNull();
    assertThat(fetcher.problem(A)).isNull();

    assertThat(run()).isEqualTo(Duration.ZERO);
    assertThat(fetcher.jwks(A)).isEqualTo("keys of a");
    assertThat(told).hasValue(1);

    assertThat(run()).isEqualTo(JwksFetcher.REFRESH);
    assertThat(fetched).containsExactly(A, A);
    assertThat(told).as("told of what changed only").hasValue(1);

    issuers.put(A, "new keys of a");
    run();
    assertThat(fetcher.jwks(A)).isEqualTo("new keys of a");
    assertThat(told).hasValue(2);
    assertThat(tasks).hasSize(1);
  }

  @Test
  void keysStayWhileTheirIssuerIsAwayAndTriesBecomeRarer() {
    issuers.put(A, "keys of a");
    fetcher.want(Set.of(A));
    run();
    issuers.clear();
    run();

    assertThat(fetcher.jwks(A)).isEqualTo("keys of a");
    assertThat(fetcher.problem(A)).isEqualTo("connection refused");
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      pauses.add(run());
    }
    assertThat(pauses)
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    assertThat(told).hasValue(1);

    issuers.put(A, "keys of a");
    run();
    assertThat(fetcher.problem(A)).isNull();
    assertThat(run()).isEqualTo(JwksFetcher.REFRESH);
  }

  @Test
  void whatNobodyWantsAnyMoreIsForgottenAndNotFetched() {
    issuers.put(A, "keys of a");
    issuers.put(B, "keys of b");
    fetcher.want(Set.of(A));
    run();
    fetcher.want(Set.of(B));

    assertThat(fetcher.jwks(A)).isNull();
    run();
    run();
    assertThat(fetched).containsExactly(A, B);
    assertThat(fetcher.jwks(B)).isEqualTo("keys of b");

    fetcher.want(Set.of(A, B));
    assertThat(fetcher.jwks(A)).as("nothing old").isNull();
  }

  @Test
  void bugInAFetchIsAProblemAndTheNextTryComes() {
    issuers.put(A, "bug");
    fetcher.want(Set.of(A));
    run();
    assertThat(fetcher.problem(A)).contains("IllegalStateException");
    issuers.put(A, "keys of a");
    run();
    assertThat(fetcher.jwks(A)).isEqualTo("keys of a");
  }

  @Test
  void countsForMetrics() {
    issuers.put(A, "keys of a");
    fetcher.want(Set.of(A, B));
    run();
    run();
    assertThat(fetcher.stats())
        .isEqualTo(
            new JwksSource.Stats(
                2,
                1,
                List.of(
                    new JwksSource.KeySet(A, Instant.ofEpochSecond(7), false),
                    new JwksSource.KeySet(B, null, true))));
    fetcher.close();
    assertThat(closed).isTrue();
  }

  /** Runs what comes next. */
  private Duration run() {
    Task next = tasks.remove();
    next.work().run();
    return next.delay();
  }

  private String fetch(String uri) throws FetchException {
    fetched.add(uri);
    String keys = issuers.get(uri);
    if (keys == null) {
      throw new FetchException("connection refused");
    }
    if (keys.equals("bug")) {
      throw new IllegalStateException(keys);
    }
    return keys;
  }
}
