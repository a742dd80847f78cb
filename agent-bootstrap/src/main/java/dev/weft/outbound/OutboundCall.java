package dev.weft.outbound;

import org.jspecify.annotations.Nullable;

/**
 * One request of the application on its way out: a decision machine without I/O. Asked for the next
 * {@link Directive} after each event, by one thread at a time, in this order: {@code start} (again
 * after {@link Directive.Kind#AWAIT}), then per attempt one of {@code onResponse}, {@code
 * onFailure} (or neither, when the application gave up during it), and {@code close} once at the
 * end. Only {@code onGrpcEnd} and {@code close} may come from another thread. Never blocks.
 */
public interface OutboundCall {

  /** A call that the mesh has nothing to say about. */
  OutboundCall PASS_THROUGH =
      new OutboundCall() {
        @Override
        public Directive start() {
          return Directive.passThrough();
        }

        @Override
        public Directive onResponse(OutboundResponse response) {
          return Directive.deliver(HeaderMutations.NONE);
        }

        @Override
        public Directive onFailure(FailureKind kind, Throwable failure) {
          return Directive.deliver(HeaderMutations.NONE);
        }

        @Override
        public void close(Outcome outcome, int status, @Nullable Throwable failure) {}
      };

  /** The first directive: one of SEND, REPLY, PASS_THROUGH or AWAIT. */
  Directive start();

  /**
   * The attempt was answered. DELIVER hands this response to the application; SEND or REPLY discard
   * it first.
   */
  Directive onResponse(OutboundResponse response);

  /**
   * The attempt ended without a response head. DELIVER hands the library's own failure to the
   * application; SEND tries again; REPLY answers in its place.
   *
   * @param failure what the library reported; for {@link FailureKind#TIMEOUT}, whatever the abort
   *     of the attempt caused
   */
  Directive onFailure(FailureKind kind, Throwable failure);

  /**
   * How a gRPC exchange ended whose response was delivered; told before {@link #close}.
   *
   * @param grpcStatus the code of the trailers, -1 when there were none
   * @param requestMessages how many messages the application sent
   * @param responseMessages how many messages came back
   */
  default void onGrpcEnd(int grpcStatus, long requestMessages, long responseMessages) {}

  /**
   * The request is over: its body was read to the end, or it broke off, or the caller gave up.
   * Releases what the call holds and records it. A second call has no effect.
   *
   * @param status the status that the application saw, 0 when it saw none
   */
  void close(Outcome outcome, int status, @Nullable Throwable failure);
}
