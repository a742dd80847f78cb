package dev.weft.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BlockingDriverTest {

  private final Recorder engine = new Recorder();

  @AfterEach
  void nothingElseWasTold() {
    engine.close();
    assertThat(engine.told).isEmpty();
  }

  @Test
  void closesOnceHoweverOftenTheEndIsTold() throws Exception {
    engine.answers.add(Recorder.send(0, 0));
    engine.answers.add(Recorder.deliver());
    Exchange exchange = new Exchange();
    assertThat(BlockingDriver.run(Recorder.REQUEST, exchange)).isEqualTo("response");
    ResponseEnd end = exchange.end();
    end.completed();
    end.failed(new IOException());
    end.cancelled();
    assertThat(engine.next()).isEqualTo("response 200");
    assertThat(engine.next()).isEqualTo("close COMPLETED 200");
  }

  @Test
  void closesACallWhoseStartFailed() throws Exception {
    Exchange exchange = new Exchange();
    assertThat(BlockingDriver.run(Recorder.REQUEST, exchange)).isEqualTo("passed");
    exchange.end().completed();
    assertThat(engine.next()).isEqualTo("problem outbound start");
    assertThat(engine.next()).isEqualTo("close COMPLETED 200");
  }

  @Test
  void closesWhenTheAdapterCannotDeliver() throws Exception {
    engine.answers.add(Recorder.send(0, 0));
    engine.answers.add(Recorder.deliver());
    Exchange exchange =
        new Exchange() {
          @Override
          public String deliver(String response, HeaderMutations headers, ResponseEnd end) {
            throw new IllegalStateException("a bug in the adapter");
          }
        };
    assertThatThrownBy(() -> BlockingDriver.run(Recorder.REQUEST, exchange))
        .hasMessage("a bug in the adapter");
    assertThat(engine.next()).isEqualTo("response 200");
    assertThat(engine.next()).isEqualTo("close FAILED 200");
  }

  @Test
  void doesNotBlameTheEndpointForAnInterrupt() throws Exception {
    engine.answers.add(Recorder.send(0, 0));
    Exchange exchange =
        new Exchange() {
          @Override
          public String send(Attempt attempt) throws IOException {
            Thread.currentThread().interrupt();
            throw new IOException("closed by interrupt");
          }
        };
    assertThatThrownBy(() -> BlockingDriver.run(Recorder.REQUEST, exchange))
        .hasMessage("closed by interrupt");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(engine.next()).isEqualTo("close CANCELLED 0");
  }

  @Test
  void endsADelayWhenTheThreadIsInterrupted() throws Exception {
    engine.answers.add(Recorder.send(0, 60_000));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> BlockingDriver.run(Recorder.REQUEST, new Exchange()))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(engine.next()).isEqualTo("close CANCELLED 0");
  }

  @Test
  void startsAgainWhenThePolicyCannotBeHad() throws Exception {
    CompletableFuture<Object> ready = new CompletableFuture<>();
    ready.cancel(true);
    engine.answers.add(Directive.await(ready, TimeUnit.SECONDS.toNanos(60)));
    engine.answers.add(Directive.reply(LocalReply.text(503, "no policy", "UH"), 0));
    assertThat(BlockingDriver.run(Recorder.REQUEST, new Exchange())).isEqualTo("reply 503");
    assertThat(engine.next()).isEqualTo("close COMPLETED 503");
  }

  @Test
  void startsAgainWhenThePolicyIsLate() throws Exception {
    engine.answers.add(Directive.await(new CompletableFuture<>(), 1));
    engine.answers.add(Directive.reply(LocalReply.text(503, "no policy", "UH"), 0));
    assertThat(BlockingDriver.run(Recorder.REQUEST, new Exchange())).isEqualTo("reply 503");
    assertThat(engine.next()).isEqualTo("close COMPLETED 503");
  }

  @Test
  void closesAResponseWhoseTimeEndedBeforeItWasDelivered() throws Exception {
    engine.answers.add(Recorder.send(1, 0));
    engine.answers.add(Recorder.deliver());
    CountDownLatch aborted = new CountDownLatch(1);
    Exchange exchange =
        new Exchange() {
          @Override
          public String send(Attempt attempt) throws InterruptedException {
            assertThat(aborted.await(5, TimeUnit.SECONDS)).isTrue();
            return "response";
          }

          @Override
          public void abort() {
            aborted.countDown();
          }
        };
    assertThat(BlockingDriver.run(Recorder.REQUEST, exchange)).isEqualTo("response");
    exchange.end().failed(new IOException("aborted"));
    assertThat(engine.next()).isEqualTo("response 200");
    assertThat(engine.next()).isEqualTo("close TIMED_OUT 200");
  }

  @Test
  void abortsABodyWhoseTimeIsOver() throws Exception {
    engine.answers.add(Recorder.send(50, 0));
    engine.answers.add(Recorder.deliver());
    CountDownLatch aborted = new CountDownLatch(1);
    Exchange exchange =
        new Exchange() {
          @Override
          public void abort() {
            end().failed(new IOException("aborted"));
            aborted.countDown();
          }
        };
    BlockingDriver.run(Recorder.REQUEST, exchange);
    assertThat(aborted.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(engine.next()).isEqualTo("response 200");
    assertThat(engine.next()).isEqualTo("close TIMED_OUT 200");
  }

  @Test
  void reportsAnAbortThatBreaks() throws Exception {
    engine.answers.add(Recorder.send(1, 0));
    engine.answers.add(Recorder.deliver());
    Exchange exchange =
        new Exchange() {
          @Override
          public void abort() {
            throw new IllegalStateException("a bug in the adapter");
          }
        };
    CountDownLatch problem = new CountDownLatch(1);
    BlockingDriver.run(
        Recorder.REQUEST,
        new Exchange() {
          @Override
          public String send(Attempt attempt) throws Exception {
            while (!engine.told.contains("problem outbound abort")) {
              Thread.onSpinWait();
            }
            problem.countDown();
            return "response";
          }

          @Override
          public void abort() {
            exchange.abort();
          }
        });
    assertThat(problem.getCount()).isZero();
    assertThat(engine.next()).isEqualTo("problem outbound abort");
    assertThat(engine.next()).isEqualTo("response 200");
    assertThat(engine.next()).isEqualTo("close TIMED_OUT 200");
  }

  /** A library without a network; its responses are strings. */
  private static class Exchange implements BlockingExchange<String> {
    private volatile @Nullable ResponseEnd end;

    final ResponseEnd end() {
      return java.util.Objects.requireNonNull(end);
    }

    @Override
    public String send(Attempt attempt) throws Exception {
      return "response";
    }

    @Override
    public String passThrough() {
      return "passed";
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
    public void discard(String response) {}

    @Override
    public String reply(LocalReply reply) {
      return "reply " + reply.status();
    }

    @Override
    public String deliver(String response, HeaderMutations headers, ResponseEnd end) {
      this.end = end;
      return response;
    }

    @Override
    public void abort() {}
  }
}
