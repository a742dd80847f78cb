package dev.weft.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.core.StoredToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TokenTableTest {

  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);

  @TempDir private Path directory;

  private static StoredToken token(String id, @Nullable Instant expires, int uses) {
    return new StoredToken(
        id, StoredToken.Type.JOIN, "00", "11", "shop", "cart", "pin", NOW, expires, uses, 0, null);
  }

  @Test
  void givesBackWhatWasStoredAfterReopening() {
    StoredToken one = token("one", NOW.plusSeconds(60), 3);
    StoredToken two = token("two", null, 0);
    try (H2Store store = H2Store.open(directory)) {
      store.addToken(one);
      store.addToken(two);
      store.revokeToken("two", NOW);
      store.revokeToken("two", NOW.plusSeconds(5));
    }
    try (H2Store store = H2Store.open(directory)) {
      assertThat(store.tokens()).hasSize(2).contains(one);
      assertThat(store.tokens())
          .filteredOn(token -> token.id().equals("two"))
          .first()
          .satisfies(token -> assertThat(token.revoked()).isEqualTo(NOW));
    }
  }

  @Test
  void theSameUseCountsOnce() {
    try (H2Store store = H2Store.open(directory)) {
      store.addToken(token("t", null, 2));
      for (String key : List.of("a", "a", "b", "a", "b")) {
        assertThat(store.useToken("t", key)).as(key).isNotNull();
      }
      assertThat(store.useToken("t", "c")).isNull();
      assertThat(store.useToken("none", "a")).isNull();
      assertThat(store.tokens().get(0).used()).isEqualTo(2);
    }
  }

  @Test
  void concurrentUsesAreCountedExactly() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (H2Store store = H2Store.open(directory)) {
      store.addToken(token("t", null, 7));
      AtomicInteger good = new AtomicInteger();
      List<Callable<Void>> tasks =
          IntStream.range(0, 40)
              .<Callable<Void>>mapToObj(
                  i ->
                      () -> {
                        if (store.useToken("t", "key" + i) != null) {
                          good.incrementAndGet();
                        }
                        return null;
                      })
              .toList();
      for (var each : pool.invokeAll(tasks)) {
        each.get();
      }
      assertThat(good).hasValue(7);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void noAcknowledgedUseIsForgottenWhenTheProcessIsKilled() throws Exception {
    try (H2Store store = H2Store.open(directory)) {
      store.addToken(token("t", null, 1_000_000));
    }
    Process user =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TokenUser.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int acknowledged = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(user.getInputStream(), StandardCharsets.UTF_8))) {
      while (acknowledged < 50) {
        acknowledged = Integer.parseInt(lines.readLine());
      }
      user.destroyForcibly();
    } catch (IOException e) {
      // The pipe broke with the process.
    }
    assertThat(user.waitFor(10, TimeUnit.SECONDS)).isTrue();
    try (H2Store store = H2Store.open(directory)) {
      assertThat(store.tokens().get(0).used()).isGreaterThanOrEqualTo(acknowledged);
    }
  }

  @Test
  void oldTokensAreForgottenWithTheirUses() {
    try (H2Store store = H2Store.open(directory)) {
      store.addToken(token("old", NOW, 1));
      store.addToken(token("young", NOW.plusSeconds(10), 1));
      store.addToken(token("endless", null, 1));
      store.useToken("old", "a");
      store.forgetTokens(NOW.plusSeconds(1));
      assertThat(store.tokens())
          .extracting(StoredToken::id)
          .containsExactlyInAnyOrder("young", "endless");
      store.addToken(token("old", NOW, 1));
      assertThat(store.useToken("old", "b")).isNotNull();
    }
  }
}
