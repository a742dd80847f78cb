package dev.weft.outbound;

import java.util.concurrent.CompletionStage;

/**
 * What an asynchronous library can do with one request; an adapter implements it, {@link
 * AsyncDriver} calls it. Stages complete on the library's threads and the driver stays on them,
 * except after a delay, when it continues on the agent's timer thread: no method may block.
 *
 * @param <H> the head of a response whose body waits for {@link #deliver} or {@link #discard}
 * @param <R> what the application gets in the end
 */
public interface AsyncExchange<H, R> {

  /**
   * Sends the request as {@code attempt} says; completes when the head of the response is there.
   */
  CompletionStage<H> send(Attempt attempt);

  /** Sends the request as if there were no agent. */
  CompletionStage<R> passThrough();

  OutboundResponse view(H head);

  /** Frees the connection of a response that the application will not see. Must not throw. */
  void discard(H head);

  /** Makes the library's own response from {@code reply}; nothing is sent. */
  CompletionStage<R> reply(LocalReply reply);

  /** As {@link BlockingExchange#deliver}. */
  CompletionStage<R> deliver(H head, HeaderMutations headers, ResponseEnd end);

  /** The status of a response that passed through; 0 where the library does not tell. */
  default int status(R passed) {
    return 0;
  }

  /** As {@link BlockingExchange#abort}. */
  void abort();

  /** Classifies the failure of {@link #send}; never called for an abort by the driver. */
  default FailureKind classify(Throwable failure) {
    return FailureKind.of(failure);
  }
}
