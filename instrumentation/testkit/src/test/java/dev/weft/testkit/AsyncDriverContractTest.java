package dev.weft.testkit;

import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import dev.weft.testkit.PlainExchange.Reply;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The contract and the asynchronous driver, played against each other through a tiny client. */
class AsyncDriverContractTest extends AsyncOutboundContract {

  @Override
  protected AsyncTestClient newClient() {
    PlainExchange.Pool pool = new PlainExchange.Pool();
    ExecutorService threads = Executors.newCachedThreadPool();
    return new AsyncTestClient() {
      @Override
      public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
        PlainExchange exchange = new PlainExchange(pool, request);
        CompletableFuture<ClientResponse> result = new CompletableFuture<>();
        AsyncDriver.run(exchange.request(), new OnThreads(exchange, threads), result);
        return result;
      }

      @Override
      public void close() {
        threads.shutdownNow();
      }
    };
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(Limit.NO_REDIRECTS, "the client is too small to follow one");
  }

  /** The blocking exchange, each attempt on a thread of its own. */
  private record OnThreads(PlainExchange exchange, ExecutorService threads)
      implements AsyncExchange<Reply, ClientResponse> {

    private <T> CompletionStage<T> run(Callable<T> call) {
      CompletableFuture<T> done = new CompletableFuture<>();
      threads.execute(
          () -> {
            try {
              done.complete(call.call());
            } catch (Exception e) {
              done.completeExceptionally(e);
            }
          });
      return done;
    }

    @Override
    public CompletionStage<Reply> send(Attempt attempt) {
      return run(() -> exchange.send(attempt));
    }

    @Override
    public CompletionStage<ClientResponse> passThrough() {
      return run(exchange::passThrough);
    }

    @Override
    public OutboundResponse view(Reply head) {
      return exchange.view(head);
    }

    @Override
    public void discard(Reply head) {
      exchange.discard(head);
    }

    @Override
    public CompletionStage<ClientResponse> reply(LocalReply reply) {
      return CompletableFuture.completedFuture(exchange.reply(reply));
    }

    @Override
    public CompletionStage<ClientResponse> deliver(
        Reply head, HeaderMutations headers, ResponseEnd end) {
      return CompletableFuture.completedFuture(exchange.deliver(head, headers, end));
    }

    @Override
    public int status(ClientResponse passed) {
      return passed.status();
    }

    @Override
    public void abort() {
      exchange.abort();
    }

    @Override
    public FailureKind classify(Throwable failure) {
      return exchange.classify(failure);
    }
  }
}
