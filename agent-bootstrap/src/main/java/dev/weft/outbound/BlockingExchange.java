package dev.weft.outbound;

/**
 * What a blocking library can do with one request; an adapter implements it, {@link BlockingDriver}
 * calls it, all on the application's thread except {@link #abort}.
 *
 * @param <R> the library's response, its body not read yet
 */
public interface BlockingExchange<R> {

  /**
   * Sends the request as {@code attempt} says and returns when the head of the response is there.
   * Starts from what the application wrote, not from the attempt before.
   */
  R send(Attempt attempt) throws Exception;

  /** Sends the request as if there were no agent. */
  R passThrough() throws Exception;

  /** A view over the head of {@code response}. */
  OutboundResponse view(R response);

  /** Frees the connection of a response that the application will not see. Must not throw. */
  void discard(R response);

  /** Makes the library's own response from {@code reply}; nothing is sent. */
  R reply(LocalReply reply);

  /**
   * Gives the response to the application, with changed headers, and sees to it that {@code end} is
   * told when its body is over.
   */
  R deliver(R response, HeaderMutations headers, ResponseEnd end);

  /**
   * Makes a running {@link #send}, or the reading of a delivered body, fail soon. Called on the
   * timer thread: must not block; no effect when there is nothing to abort.
   */
  void abort();

  /**
   * Whether the application itself cancelled the request: then nobody else failed, and nothing is
   * sent again. Asked after a failure, on the application's thread.
   */
  default boolean isCancelled() {
    return false;
  }

  /** Classifies what {@link #send} threw; never called for an abort by the driver. */
  default FailureKind classify(Throwable failure) {
    return FailureKind.of(failure);
  }
}
