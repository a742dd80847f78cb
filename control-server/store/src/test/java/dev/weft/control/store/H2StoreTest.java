package dev.weft.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.weft.control.core.Refused;
import dev.weft.control.core.Resource;
import dev.weft.control.core.ResourceStore.Change;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class H2StoreTest {

  @TempDir private Path directory;

  @Test
  void keepsEveryAcknowledgedWriteWhenTheProcessIsKilled() throws Exception {
    Process writer = startWriter();
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader lines = linesOf(writer)) {
      for (int i = 0; i < 200; i++) {
        acknowledged.add(lines.readLine());
      }
      writer.destroyForcibly();
      // What it said between our last line and its death was acknowledged too.
      readRest(lines, acknowledged);
    }
    assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();

    try (H2Store store = H2Store.open(directory)) {
      List<String> kept =
          store.snapshot().all().stream()
              .map(resource -> resource.key().name() + " " + resource.version())
              .toList();
      assertThat(kept).containsAll(acknowledged);
      assertThat(store.snapshot().revision()).isGreaterThanOrEqualTo(acknowledged.size());
      Resource next = Writer.write(store, "after");
      assertThat(next.version()).isGreaterThan(acknowledged.size());
    }
  }

  private static void readRest(BufferedReader lines, List<String> acknowledged) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // The last line may be cut off in the middle of its number.
        if (line.matches("r(\\d+) \\d+")
            && line.equals("r" + acknowledged.size() + " " + (acknowledged.size() + 1))) {
          acknowledged.add(line);
        }
      }
    } catch (IOException e) {
      // The pipe broke with the process: nothing more was said.
    }
  }

  @Test
  void givesBackWhatWasWrittenAfterReopening() throws Exception {
    Resource written;
    try (H2Store store = H2Store.open(directory)) {
      written = Writer.write(store, "reviews");
    }
    try (H2Store store = H2Store.open(directory)) {
      assertThat(store.snapshot().get(written.key())).isEqualTo(written);
    }
  }

  @Test
  void doesNotReuseTheRevisionsOfDeletedResources() throws Exception {
    try (H2Store store = H2Store.open(directory)) {
      Resource written = Writer.write(store, "reviews");
      delete(store, written);
    }
    try (H2Store store = H2Store.open(directory)) {
      assertThat(store.snapshot().all()).isEmpty();
      assertThat(Writer.write(store, "reviews").version()).isEqualTo(3);
    }
  }

  @Test
  void refusesASecondProcessWithAClearMessage() throws Exception {
    Process writer = startWriter();
    try (BufferedReader lines = linesOf(writer)) {
      assertThat(lines.readLine()).isEqualTo("r0 1");
      assertThatThrownBy(() -> H2Store.open(directory))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("another control server has it open")
          .hasMessageContaining("--data-dir");
    } finally {
      writer.destroyForcibly();
    }
  }

  private Process startWriter() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader linesOf(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Test
  void writesNothingWhenTheWorkIsRefused() throws Exception {
    try (H2Store store = H2Store.open(directory)) {
      Writer.write(store, "before");
      assertThatThrownBy(
              () ->
                  store.write(
                      transaction -> {
                        transaction.put(Writer.resource("half", transaction.nextRevision()));
                        throw new Refused(Refused.Reason.INVALID, "no");
                      }))
          .isInstanceOf(Refused.class);
      assertThat(store.snapshot().all()).hasSize(1);
      assertThat(store.changesAfter(1)).isEmpty();
    }
  }

  @Test
  void writesNothingWhenTheWorkOnlyAsked() throws Exception {
    try (H2Store store = H2Store.open(directory)) {
      store.write(
          transaction -> {
            transaction.put(Writer.resource("question", transaction.nextRevision()));
            transaction.rollBack();
            return "";
          });
      assertThat(store.snapshot().all()).isEmpty();
      assertThat(store.snapshot().revision()).isZero();
    }
  }

  @Test
  void tellsChangesInTheirOrderAlsoAfterReopening() throws Exception {
    try (H2Store store = H2Store.open(directory)) {
      AtomicInteger told = new AtomicInteger();
      store.onChange(told::incrementAndGet);
      Resource one = Writer.write(store, "one");
      Writer.write(store, "two");
      delete(store, one);
      assertThat(told).hasValue(3);
    }
    try (H2Store store = H2Store.open(directory)) {
      assertThat(store.changesAfter(1))
          .extracting(Change::type, change -> change.resource().key().name(), Change::revision)
          .containsExactly(
              tuple(Change.Type.ADDED, "two", 2L), tuple(Change.Type.DELETED, "one", 3L));
    }
  }

  @Test
  void saysGoneWhenTheLogNoLongerReachesBack() throws Exception {
    try (H2Store store = H2Store.open(directory)) {
      int writes = H2Store.LOG_LENGTH + 300;
      store.write(
          transaction -> {
            for (int i = 0; i < writes; i++) {
              transaction.put(Writer.resource("same", transaction.nextRevision()));
            }
            return "";
          });
      assertThatThrownBy(() -> store.changesAfter(10))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.reason()).isEqualTo(Refused.Reason.GONE));
      assertThat(store.changesAfter(writes - 5)).hasSize(5);
    }
    try (H2Store store = H2Store.open(directory)) {
      assertThatThrownBy(() -> store.changesAfter(10)).isInstanceOf(Refused.class);
      assertThat(store.changesAfter(H2Store.LOG_LENGTH + 300 - 5)).hasSize(5);
    }
  }

  @Test
  void remembersInstancesAndHeldBackVersions() throws Exception {
    Registration instance =
        Registration.builder()
            .instanceId("reviews-1")
            .service("reviews")
            .namespace("default")
            .address("10.0.0.7")
            .ports(List.of(Port.builder().number(8080).protocol("http").build()))
            .labels(Map.of("version", "v1"))
            .state(Registration.State.READY)
            .adapters(List.of("okhttp-3.0 on"))
            .libraries(List.of("client OkHttp 3+ in app: governed by okhttp-3.0"))
            .refusals(List.of("refused 1 connection to ratings:80 (handshake)"))
            .build();
    try (H2Store store = H2Store.open(directory)) {
      store.saveInstance(instance);
      store.saveInstance(instance.toBuilder().instanceId("gone").build());
      store.forgetInstance("gone");
      store.holdBack(List.of(Writer.resource("good", 1)));
    }
    try (H2Store store = H2Store.open(directory)) {
      assertThat(store.savedInstances()).containsExactly(instance);
      assertThat(store.heldBack()).containsExactly(Writer.resource("good", 1));
    }
  }

  private static void delete(H2Store store, Resource resource) throws Refused {
    store.write(
        transaction -> {
          transaction.delete(
              new Resource(
                  resource.key(),
                  resource.body(),
                  resource.uid(),
                  resource.created(),
                  resource.generation(),
                  transaction.nextRevision()));
          return "";
        });
  }
}
