package dev.weft.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AsyncDriverTest {

  private final Recorder engine = new Recorder();
  private final Exchange exchange = new Exchange();
  private final CompletableFuture<String> result = new CompletableFuture<>();

  @AfterEach
  void nothingElseWasTold() {
    engine.close();
    assertThat(engine.told).isEmpty();
  }

  private void run(Directive... answers) {
    engine.answers.addAll(java.util.List.of(answers));
    AsyncDriver.run(Recorder.REQUEST, exchange, result);
  }

  @Test
  void reportsNothingAfterTheApplicationCancelled() throws Exception {
    run(Recorder.send(0, 0), Recorder.send(0, 0));
    result.cancel(true);
    assertThat(exchange.aborts).hasValue(1);
    exchange.head.completeExceptionally(new IOException("aborted"));
    assertThat(engine.next()).isEqualTo("close CANCELLED 0");
  }

  @Test
  void discardsAHeadThatComesAfterTheApplicationCancelled() throws Exception {
    run(Recorder.send(0, 0));
    result.cancel(true);
    exchange.head.complete("late");
    assertThat(exchange.discards).hasValue(1);
    assertThat(engine.next()).isEqualTo("close CANCELLED 0");
  }

  @Test
  void takesATimeoutOfTheApplicationForGivingUp() throws Exception {
    run(Recorder.send(0, 0));
    result.completeExceptionally(new TimeoutException("orTimeout"));
    assertThat(exchange.aborts).hasValue(1);
    assertThat(engine.next()).isEqualTo("close CANCELLED 0");
  }

  @Test
  void closesWithTheStatusWhenTheBodyIsCancelled() throws Exception {
    run(Recorder.send(0, 0), Recorder.deliver());
    exchange.head.complete("head");
    result.cancel(true);
    exchange.end().failed(new IOException("aborted"));
    assertThat(exchange.aborts).hasValue(1);
    assertThat(engine.next()).isEqualTo("response 200");
    assertThat(engine.next()).isEqualTo("close CANCELLED 200");
  }

  @Test
  void sendsNothingWhenTheApplicationCancelledDuringADelay() throws Exception {
    run(Recorder.send(0, 300));
    result.cancel(true);
    assertThat(engine.next()).isEqualTo("close CANCELLED 0");
    // The timer runs one task at a time: after this one the delayed step is over.
    CompletableFuture<Object> later = new CompletableFuture<>();
    dev.weft.bootstrap.Mesh.timer()
        .schedule(() -> later.complete("done"), 301, TimeUnit.MILLISECONDS);
    later.get(5, TimeUnit.SECONDS);
    assertThat(exchange.sends).hasValue(0);
  }

  @Test
  void failsTheResultWhenTheAdapterBreaks() throws Exception {
    exchange.breaksInDiscard = true;
    run(Recorder.send(0, 0), Recorder.send(0, 0));
    exchange.head.complete("head");
    assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS))
        .hasRootCauseMessage("a bug in the adapter");
    assertThat(engine.next()).isEqualTo("response 200");
    assertThat(engine.next()).isEqualTo("close FAILED 0");
  }

  @Test
  void closesWithTheStatusOfWhatPassed() throws Exception {
    run(Directive.passThrough());
    assertThat(result.get(5, TimeUnit.SECONDS)).isEqualTo("passed");
    assertThat(engine.next()).isEqualTo("close COMPLETED 204");
  }

  @Test
  void passesThroughWhenTheEngineCannotStart() throws Exception {
    run();
    assertThat(result.get(5, TimeUnit.SECONDS)).isEqualTo("passed");
    assertThat(engine.next()).isEqualTo("problem outbound start");
    assertThat(engine.next()).isEqualTo("close COMPLETED 204");
  }

  @Test
  void deliversAFailureAsTheLibraryGaveIt() throws Exception {
    run(Recorder.send(0, 0), Recorder.deliver());
    IOException failure = new IOException("broken");
    exchange.head.completeExceptionally(
        new java.util.concurrent.CompletionException("stage", failure));
    assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS)).hasCause(failure);
    assertThat(engine.next()).isEqualTo("failure RESET");
    assertThat(engine.next()).isEqualTo("close FAILED 0");
  }

  @Test
  void abortsAnAttemptWhoseTimeIsOver() throws Exception {
    exchange.failsOnAbort = true;
    run(Recorder.send(20, 0), Directive.reply(LocalReply.text(504, "late", "UT"), 0));
    assertThat(result.get(5, TimeUnit.SECONDS)).isEqualTo("reply 504");
    assertThat(engine.next()).isEqualTo("failure TIMEOUT");
    assertThat(engine.next()).isEqualTo("close COMPLETED 504");
  }

  /** A library without a network; its responses are strings. */
  private static final class Exchange implements AsyncExchange<String, String> {
    final CompletableFuture<String> head = new CompletableFuture<>();
    final AtomicInteger sends = new AtomicInteger();
    final AtomicInteger aborts = new AtomicInteger();
    final AtomicInteger discards = new AtomicInteger();
    volatile boolean breaksInDiscard;
    volatile boolean failsOnAbort;
    private volatile @Nullable ResponseEnd end;

    ResponseEnd end() {
      return java.util.Objects.requireNonNull(end);
    }

    @Override
    public CompletionStage<String> send(Attempt attempt) {
      sends.incrementAndGet();
      return head;
    }

    @Override
    public CompletionStage<String> passThrough() {
      return CompletableFuture.completedFuture("passed");
    }

    @Override
    public int status(String passed) {
      return 204;
    }

    @Override
    public OutboundResponse view(String response) {
      return new OutboundResponse() {
        @Override
        public int status() {
          return 200;
        }

        @Override
        public @Nullable String header(String name) {
          return null;
        }
      };
    }

    @Override
    public void discard(String response) {
      discards.incrementAndGet();
      if (breaksInDiscard) {
        throw new IllegalStateException("a bug in the adapter");
      }
    }

    @Override
    public CompletionStage<String> reply(LocalReply reply) {
      return CompletableFuture.completedFuture("reply " + reply.status());
    }

    @Override
    public CompletionStage<String> deliver(
        String response, HeaderMutations headers, ResponseEnd end) {
      this.end = end;
      return new CompletableFuture<>();
    }

    @Override
    public void abort() {
      aborts.incrementAndGet();
      if (failsOnAbort) {
        head.completeExceptionally(new IOException("aborted"));
      }
    }
  }
}
