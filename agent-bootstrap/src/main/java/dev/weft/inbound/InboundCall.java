package dev.weft.inbound;

import dev.weft.context.CallContext;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The verdict about one request that arrived, and its record. */
public interface InboundCall {

  /**
   * Name of the request attribute that says that a request was decided: on its way in through the
   * layers of a server, whoever finds it attaches the context under {@link CallContext#KEY} and
   * does no more.
   */
  String DECIDED = "dev.weft.inbound";

  /**
   * What to wait for before {@link #reply()} and {@link #requestHeaders()} mean anything; null when
   * the verdict is there, which is nearly always. It completes normally, in bounded time, on any
   * thread. A blocking server waits with {@link dev.weft.outbound.BlockingDriver#await}.
   */
  default @Nullable CompletionStage<?> pending() {
    return null;
  }

  /** What to answer instead of calling the application; null when it is permitted. */
  @Nullable LocalReply reply();

  /**
   * What to change in the request's headers before the application sees them: the identity of the
   * peer, claims of its token; and what a client wrote there itself is removed.
   */
  default HeaderMutations requestHeaders() {
    return HeaderMutations.NONE;
  }

  /**
   * Called by the adapter for a permitted request that may last.
   *
   * @param abort breaks the exchange off, and its connection where it must; run at most once, on
   *     any thread, when a later policy does not allow what is still going on. Must not block.
   */
  default void onRevoked(Runnable abort) {}

  /**
   * What requests that are sent because of this one carry on: the adapter attaches it around the
   * application's code, and sees to it that the library's own asynchronous continuation has it too.
   */
  default CallContext context() {
    return CallContext.NONE;
  }

  /**
   * How a gRPC exchange ended; told before {@link #close}.
   *
   * @param grpcStatus the code of the trailers, -1 when there were none
   * @param requestMessages how many messages the client sent
   * @param responseMessages how many messages the application sent
   */
  default void onGrpcEnd(int grpcStatus, long requestMessages, long responseMessages) {}

  /**
   * The response was written, or the exchange broke off. Records the request; a second call has no
   * effect. May come from any thread. Also called after {@link #reply()} was sent.
   *
   * @param status the status that was sent, 0 when none was
   */
  void close(Outcome outcome, int status);
}
